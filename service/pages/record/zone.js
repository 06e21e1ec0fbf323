/* The server presets a form with the present time in UTC. This gives it in the person's own zone, and follows the zone
   when another day is chosen, whose difference to UTC may be another one. Where it did so, the choice of the difference
   is folded. */
const time = document.getElementById("f-event.time");
const offset = document.getElementById("f-event.offset");
const opened = document.querySelector("[name='event.opened']").value;
const zone = offset.closest("details");
let isTheirs = false;

function difference(moment) {
  const minutes = -moment.getTimezoneOffset();
  const part = (number) => String(Math.abs(number)).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${part(Math.trunc(minutes / 60))}:${part(minutes % 60)}`;
}

function follow() {
  const wanted = difference(new Date(time.value));
  if (!isTheirs && [...offset.options].some((option) => option.value === wanted)) offset.value = wanted;
}

/* What somebody typed stays, also where the form is shown again. */
if (offset.value === "+00:00" && opened.startsWith(time.value)) {
  const now = new Date(opened);
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60000);
  time.value = local.toISOString().slice(0, 16);
  follow();
  zone.open = offset.value !== difference(new Date(time.value));
}

/* What is folded says itself what is chosen, also after a draft was put back. */
function name() {
  zone.querySelector("[data-zone]").textContent = `: ${offset.selectedOptions[0].text}`;
}

offset.addEventListener("change", () => {
  isTheirs = true;
  name();
});
time.addEventListener("change", () => {
  follow();
  name();
});
name();
requestAnimationFrame(name);
