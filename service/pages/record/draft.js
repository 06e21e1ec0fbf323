/* Keeps what somebody types until it is recorded, in this tab alone and for this session alone. The id of the event is
   kept with it: a form that was sent while the line broke, and is sent again, is one event. */
const form = document.querySelector("form.record");
const recorded = document.querySelector("[data-recorded]");
const line = document.querySelector("[data-draft]");
const token = recorded ? recorded.dataset.token : form.elements.token.value;
const name = `draft ${token.slice(0, 16)} ${location.pathname}${location.search}`;
const OURS = ["token", "event.action"];

/* What was found for a long list is not in the list of a fresh page, so its words are kept with it. */
const finder = (field) => form.elements[`find.${field}`];
function words(field, value) {
  const one = finder(field) && [...form.elements].find((each) => each.name === field && each.value === value);
  return (one?.type === "checkbox" ? one.labels : one?.selectedOptions)?.[0]?.textContent.trim();
}

function typed() {
  const all = [...new FormData(form)].filter(([field]) => !OURS.includes(field));
  return all.map(([field, value]) => [field, value, words(field, value)]);
}

function fill(values) {
  for (const [field, value, label] of values) {
    if (value && label) finder(field)?.dispatchEvent(new CustomEvent("found", { bubbles: true, detail: { value, label } }));
  }
  for (const input of form.elements) {
    if (!input.name || OURS.includes(input.name)) continue;
    const given = values.filter(([field]) => field === input.name).map(([, value]) => value);
    if (input.type === "radio" || input.type === "checkbox") input.checked = given.includes(input.value);
    else if (given.length) input.value = given[0];
    /* What is no longer there cannot be chosen; a list without a choice would send nothing. */
    if (input.selectedIndex === -1) input.selectedIndex = 0;
  }
  for (const details of form.querySelectorAll("details:not([data-folded])")) {
    details.open ||= [...details.querySelectorAll("input:checked, textarea")].some((one) => one.value);
  }
}

if (recorded) {
  const all = `draft ${token.slice(0, 16)} ${recorded.dataset.recorded}`;
  Object.keys(sessionStorage)
    .filter((one) => one.startsWith(all))
    .forEach((one) => sessionStorage.removeItem(one));
} else {
  const kept = sessionStorage.getItem(name);
  /* A form that is shown again has what was typed already. */
  if (kept && line && !document.getElementById("faults")) {
    fill(JSON.parse(kept));
    line.hidden = false;
    line.querySelector("button").addEventListener("click", () => {
      sessionStorage.removeItem(name);
      location.reload();
    });
  }
  /* Some choices follow from others that change. What narrows a list has no name, and is no part of the form. */
  const keep = ({ target }) => target.name && sessionStorage.setItem(name, JSON.stringify(typed()));
  for (const kind of ["input", "change"]) form.addEventListener(kind, keep);
}
