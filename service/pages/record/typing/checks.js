/* Asks the server what is wrong when somebody leaves a field, and says so beside the fields that were left, and no others.
   Nothing waits for the answer: if it is late or does not come, the form is sent as it is. A message moves what is
   below it, so it waits for the end of a press, and keeps its place when its fault is corrected. */
const form = document.querySelector("form.record");
const SECONDS_MAX = 5;
const left = new Set();
const status = Object.assign(document.createElement("p"), { role: "status", className: "quiet" });
form.append(status);
let asked = 0;

function nameOf(input) {
  return (input.name ?? "").replace("opening.", "");
}

function say(name, sentences) {
  const field = document.getElementById(`f-${name}`);
  const id = `f-${name}-wrong`;
  let wrong = document.getElementById(id);
  if (!field || (!wrong && !sentences.length)) return;
  if (!wrong) {
    wrong = Object.assign(document.createElement("div"), { id, className: "wrong" });
    const about = document.getElementById(`f-${name}-about`);
    (about ?? field).after(wrong);
  }
  const words = sentences.map((sentence) => {
    const line = document.createElement("p");
    line.append(Object.assign(document.createElement("strong"), { textContent: sentence }));
    return line;
  });
  const isNew = wrong.classList.contains("corrected") || wrong.textContent.trim() !== sentences.join("");
  if (sentences.length && isNew) status.textContent = sentences.join(" ");
  wrong.classList.toggle("corrected", !sentences.length);
  if (sentences.length) wrong.replaceChildren(...words);
  const ids = new Set((field.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id));
  if (sentences.length) ids.add(id);
  field.setAttribute("aria-describedby", [...ids].join(" "));
  if (sentences.length) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

form.addEventListener("focusout", async ({ target, relatedTarget }) => {
  const name = nameOf(target);
  const field = target.closest(".field");
  if (!name || !field || name.startsWith("find.") || field.contains(relatedTarget)) return;
  if (relatedTarget?.closest("button")) return;
  left.add(name);
  const mine = ++asked;
  const wrong = await fetch(form.dataset.check, {
    method: "POST",
    body: new URLSearchParams([...new FormData(form)]),
    signal: AbortSignal.timeout(SECONDS_MAX * 1000),
  }).then((got) => (got.ok ? got.json() : null), () => null);
  await released();
  if (mine === asked && wrong) left.forEach((one) => say(one, wrong[one] ?? []));
});
