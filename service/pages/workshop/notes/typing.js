/* After a line was recorded, the next one is empty but for its organisation and its kind, and the page stays. */
const form = document.querySelector("form.line");
const { words } = form.elements;
let sent = "";

/* Another event, with an id of its own; `moment.js` gives it its moment. */
function next(asked) {
  form.elements["event.id"].value = crypto.randomUUID();
  const all = [...form.querySelectorAll("[data-asked]")];
  for (const one of all) {
    const fresh = asked?.querySelector(`[data-asked="${one.dataset.asked}"]`);
    if (fresh) one.replaceChildren(...fresh.children);
    for (const input of one.querySelectorAll("input, select")) {
      if (input.type === "checkbox") input.checked = false;
      else input.value = "";
    }
  }
  /* A person who types fast has begun the next line. */
  if (words.value === sent) words.value = "";
  for (const one of form.parentElement.querySelectorAll(".wrong, #faults")) one.remove();
  for (const one of form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
  words.focus();
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
  sent = words.value;
  words.select();
});
form.addEventListener("kept", () => next());
form.addEventListener("sent", (event) => {
  const page = new DOMParser().parseFromString(event.detail.html, "text/html");
  if (!page.getElementById("sitting")) return;
  event.preventDefault();
  for (const id of ["sitting", "advice"]) document.getElementById(id).replaceChildren(...page.getElementById(id).children);
  form.dataset.drawn = page.querySelector("form.line").dataset.drawn;
  next(page);
});
