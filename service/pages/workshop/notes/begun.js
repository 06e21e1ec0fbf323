/* Keeps the line that somebody has begun, in this tab alone and for this session alone: a reload does not take it away.
   Its id and its moment are kept with it: a line that was sent, and is sent again, is one event. This comes before
   `moment.js`, for which a line that has words is begun. */
const form = document.querySelector("form.line");
const { words, token } = form.elements;
const name = `draft ${token.value.slice(0, 16)} ${location.pathname}`;
const inputs = () => [...form.querySelectorAll("input, select")].filter((one) => one !== token);
const isTyped = (one) => (one.type === "checkbox" ? one.checked : one.type !== "hidden" && one.value);
const values = () => inputs().map((one) => [one.id || one.name, one.type === "checkbox" ? one.checked : one.value]);

function keep() {
  const isBegun = words.value || [...form.querySelectorAll("[data-asked] :is(input, select)")].some(isTyped);
  if (isBegun) sessionStorage.setItem(name, JSON.stringify(values()));
  else sessionStorage.removeItem(name);
}

function fill(kept) {
  for (const one of inputs()) {
    const value = kept.get(one.id || one.name);
    if (one.type === "checkbox") one.checked = value ?? one.checked;
    else one.value = value ?? one.value;
    if (one.selectedIndex === -1) one.selectedIndex = 0;
  }
}

const kept = sessionStorage.getItem(name);
/* A line that is shown again has its words already. */
if (kept && !words.value) fill(new Map(JSON.parse(kept)));
/* Each time after the other scripts: they give the line its moment, and empty it for the next one. */
for (const kind of ["input", "change"]) document.addEventListener(kind, ({ target }) => target.form === form && keep());
for (const kind of ["sent", "kept"]) form.addEventListener(kind, () => setTimeout(keep));
