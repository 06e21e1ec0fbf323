/* After a line was recorded, the next one is empty but for its organisation and its kind, and the page stays. */
const form = document.querySelector("form.line");
const { words } = form.elements;
const inputsOf = (asked) => [...asked.querySelectorAll("input, select")];
const state = (input) => (input.type === "checkbox" ? input.checked : input.value);
let [sent, at] = [new Map(), null];

/* Another event, with an id of its own; `moment.js` gives it its moment. A person who types fast has begun the next line,
   and may be anywhere in it: what was typed since stays, and so does the focus. */
async function next(page) {
  form.elements["event.id"].value = crypto.randomUUID();
  const all = [...form.querySelectorAll("[data-asked]")];
  for (const input of [words, ...all.flatMap(inputsOf)]) {
    if (state(input) !== sent.get(input)) continue;
    if (input.type === "checkbox") input.checked = false;
    else input.value = "";
  }
  await released();
  for (const id of page ? ["sitting", "advice"] : []) document.getElementById(id).replaceChildren(...page.getElementById(id).children);
  for (const one of all) {
    const fresh = page?.querySelector(`[data-asked="${one.dataset.asked}"]`);
    if (fresh && !inputsOf(one).some(state) && !one.contains(document.activeElement)) one.replaceChildren(...fresh.children);
  }
  for (const one of form.parentElement.querySelectorAll(".wrong, #faults")) one.remove();
  for (const one of form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
  if ([at, document.body].includes(document.activeElement)) words.focus();
}

/* What was missing and is there by now is no longer marked as missing. */
form.addEventListener("input", ({ target }) => {
  const wrong = document.getElementById(`l-${target.name}-wrong`);
  const isThere = target.type === "checkbox" ? target.checked : target.value.trim();
  if (!isThere || !wrong || !("missing" in wrong.dataset)) return;
  wrong.remove();
  document.querySelector(`#faults a[href="#l-${target.name}"]`)?.closest("p").remove();
  const field = document.getElementById(`l-${target.name}`);
  for (const name of ["aria-invalid", "aria-describedby"]) field.removeAttribute(name);
});

form.addEventListener("submit", () => {
  sent = new Map([...form.elements].map((one) => [one, state(one)]));
  words.select();
  at = document.activeElement;
});
form.addEventListener("kept", () => next());
form.addEventListener("sent", (event) => {
  const page = new DOMParser().parseFromString(event.detail.html, "text/html");
  if (!page.getElementById("sitting")) return;
  event.preventDefault();
  form.dataset.drawn = page.querySelector("form.line").dataset.drawn;
  next(page);
});
