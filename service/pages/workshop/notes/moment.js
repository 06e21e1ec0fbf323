/* A line has the moment when its typing began. This comes after `typing.js`, which empties the line for the next one. */
const PASSED_MS_MAX = 7 * 24 * 60 * 60 * 1000;
const form = document.querySelector("form.line");
const { words, "event.opened": opened } = form.elements;
let now = clock();
/* A line that comes back with its words was sent: it keeps its moment, as it keeps its id. */
let isBegun = words.value !== "";

/* The server's time, as clocks of computers differ: when it drew the page, and what passed since then. While a computer
   sleeps, `performance.now()` may stand still; Date jumps when a clock is set. */
function clock() {
  const drawn = Date.parse(form.dataset.drawn);
  const [date, running] = [Date.now(), performance.now()];
  return () => {
    const [passed, awake] = [Date.now() - date, performance.now() - running];
    const isPlausible = passed >= awake && passed < PASSED_MS_MAX;
    return new Date(drawn + (isPlausible ? passed : awake)).toISOString();
  };
}

function next() {
  opened.value = now();
  isBegun = words.value !== "";
}

form.addEventListener("input", ({ target }) => {
  /* The organisation and the kind stay from line to line, so they begin none. */
  if (isBegun || target.matches("[name=who], [name=kind]")) return;
  isBegun = true;
  opened.value = now();
});
form.addEventListener("submit", () => (isBegun = true));
form.addEventListener("kept", next);
form.addEventListener("sent", (event) => {
  if (!event.defaultPrevented) return;
  now = clock();
  next();
});
