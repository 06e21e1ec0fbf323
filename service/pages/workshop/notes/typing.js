/* After a line was recorded, the next one is empty but for its organisation and its kind, and the page stays. */
const PASSED_MS_MAX = 7 * 24 * 60 * 60 * 1000;
const form = document.querySelector("form.line");
const { words, "event.opened": opened } = form.elements;
let [now, sent] = [clock(document), ""];
/* A line has the moment when its typing began. One that comes back with its words keeps it, as it keeps its id. */
let isBegun = words.value !== "";

/* The server's time, as clocks of computers differ: when it drew the page, and what passed since then. While a computer
   sleeps, `performance.now()` may stand still; Date jumps when a clock is set. */
function clock(page) {
  const drawn = Date.parse(page.querySelector("form.line").dataset.drawn);
  const [date, running] = [Date.now(), performance.now()];
  return () => {
    const [passed, awake] = [Date.now() - date, performance.now() - running];
    return new Date(drawn + (passed >= awake && passed < PASSED_MS_MAX ? passed : awake)).toISOString();
  };
}

/* Another event, with an id and a moment of its own. */
function next(asked) {
  form.elements["event.id"].value = crypto.randomUUID();
  opened.value = now();
  for (const one of form.querySelectorAll("[data-asked]")) {
    const fresh = asked?.querySelector(`[data-asked="${one.dataset.asked}"]`);
    if (fresh) one.replaceChildren(...fresh.children);
    for (const input of one.querySelectorAll("input, select")) {
      if (input.type === "checkbox") input.checked = false;
      else input.value = "";
    }
  }
  /* A person who types fast has begun the next line. */
  if (words.value === sent) words.value = "";
  isBegun = words.value !== "";
  for (const one of form.parentElement.querySelectorAll(".wrong, #faults")) one.remove();
  for (const one of form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
  words.focus();
}

form.addEventListener("input", ({ target }) => {
  /* The organisation and the kind stay from line to line, so they begin none. */
  if (isBegun || target.matches("[name=who], [name=kind]")) return;
  isBegun = true;
  opened.value = now();
});
form.addEventListener("submit", () => {
  isBegun = true;
  sent = words.value;
  words.select();
});
form.addEventListener("kept", () => next());
form.addEventListener("sent", (event) => {
  const page = new DOMParser().parseFromString(event.detail.html, "text/html");
  if (!page.getElementById("sitting")) return;
  event.preventDefault();
  for (const id of ["sitting", "advice"]) document.getElementById(id).replaceChildren(...page.getElementById(id).children);
  now = clock(page);
  next(page);
});
