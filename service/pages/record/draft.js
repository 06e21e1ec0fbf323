/* Keeps what somebody types until it is recorded, in this tab alone and for this session alone. The id of the event is
   kept with it: a form that was sent while the line broke, and is sent again, is one event. */
const form = document.querySelector("form.record");
const recorded = document.querySelector("[data-recorded]");
const line = document.querySelector("[data-draft]");
const token = recorded ? recorded.dataset.token : form.elements.token.value;
const name = `draft ${token.slice(0, 16)} ${location.pathname}${location.search}`;
const OURS = ["token", "event.action"];

function typed() {
  return [...new FormData(form)].filter(([field]) => !OURS.includes(field));
}

function fill(values) {
  for (const input of form.elements) {
    if (!input.name || OURS.includes(input.name)) continue;
    const given = values.filter(([field]) => field === input.name).map(([, value]) => value);
    if (input.type === "radio" || input.type === "checkbox") input.checked = given.includes(input.value);
    else if (given.length) input.value = given[0];
  }
  for (const details of form.querySelectorAll("details:not([data-folded])")) {
    details.open ||= [...details.querySelectorAll("input:checked, textarea")].some((one) => one.value);
  }
}

function show() {
  line.hidden = false;
  line.querySelector("button").addEventListener("click", () => {
    sessionStorage.removeItem(name);
    location.reload();
  });
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
    show();
  }
  form.addEventListener("input", () => sessionStorage.setItem(name, JSON.stringify(typed())));
}
