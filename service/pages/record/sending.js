/* Sends a form so that the page stays open if there is no line; then `unsent.js` keeps what it says. */
const WAIT_MS = 20000;
const panel = document.querySelector("[data-unsent]");
const form = document.querySelector("form[data-keeps]");
let isBusy = false;

/* As the browser itself sends a form: the answer is the next page. The same form sent again is the same event. */
function open({ path, fields }) {
  const sent = Object.assign(document.createElement("form"), { method: "post", action: path, hidden: true });
  for (const [name, value] of fields) sent.append(Object.assign(document.createElement("textarea"), { name, value }));
  document.body.append(sent);
  sent.submit();
}

function written() {
  const texts = [...form.elements].filter((one) => one.matches("[data-words], textarea, [type=text]") && one.value);
  return (texts.find((one) => one.matches("[data-words]")) ?? texts[0])?.value ?? document.querySelector("h1").textContent;
}

async function send(one) {
  let answer, html;
  try {
    const body = new URLSearchParams(one.fields);
    answer = await fetch(one.path, { method: "POST", body, signal: AbortSignal.timeout(WAIT_MS) });
    html = await answer.text();
  } catch {
    const detail = { ...one, state: "waiting" };
    const isLost = panel.dispatchEvent(new CustomEvent("keep", { cancelable: true, detail }));
    if (!isLost) form.dispatchEvent(new CustomEvent("kept"));
    return;
  }
  if (!answer.redirected) return open(one);
  panel.dispatchEvent(new CustomEvent("recorded", { detail: { id: one.id, words: one.words, url: answer.url } }));
  const isOurs = form.dispatchEvent(new CustomEvent("sent", { cancelable: true, detail: { ...one, html } }));
  /* The form leaves the history: who goes back must not find its words in it, and record them again. */
  if (isOurs) location.replace(answer.url);
}

form?.addEventListener("submit", (event) => {
  if (event.submitter?.value === "look") return;
  event.preventDefault();
  /* It is not sent, so the scripts after this one must not take it for sent. */
  if (isBusy) return event.stopImmediatePropagation();
  isBusy = true;
  const fields = [...new FormData(form, event.submitter)];
  const [id, token] = ["event.id", "token"].map((name) => form.elements[name].value);
  const at = performance.timeOrigin + performance.now();
  send({ id, token, at, path: form.getAttribute("action"), fields, words: written() }).finally(() => (isBusy = false));
});
/* What waited as this very form was recorded meanwhile. */
panel.addEventListener("recorded", ({ detail }) => {
  if (!isBusy && form?.elements["event.id"].value === detail.id) location.replace(detail.url);
});
panel.addEventListener("open", ({ detail }) => open(detail));
