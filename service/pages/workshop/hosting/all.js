/* One tick for all: it ticks each, and goes when one of them is taken out. Without scripts, the server reads it as all. */
const all = document.querySelector("[data-all] [value='*']");
const each = all ? [...all.closest(".ticks").querySelectorAll("input")].filter((one) => one !== all) : [];

function follow() {
  all.checked = each.every((one) => one.checked);
}

if (all) {
  /* What is sent is what is seen, also if somebody joins the cohort meanwhile. */
  all.removeAttribute("name");
  if (all.checked) for (const one of each) one.checked = true;
  all.addEventListener("change", () => {
    for (const one of each) one.checked = all.checked;
  });
  for (const one of each) one.addEventListener("change", follow);
  requestAnimationFrame(follow);
}
