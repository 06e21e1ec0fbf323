/* The summary of what is folded says what is chosen in it, also after a draft was put back. */
const folded = document.querySelector("[data-folded]");
const says = (name) => folded.querySelector(`[data-says="${name}"]`);
/* As the pages write days. */
const language = document.documentElement.lang.replace(/^en$/, "en-GB");
const DAY = { year: "numeric", month: "short", day: "numeric" };
const KNOWN = {
  minute: { ...DAY, hour: "numeric", minute: "numeric" },
  day: DAY,
  month: { year: "numeric", month: "long" },
  year: { year: "numeric" },
};

function sayTime() {
  const time = new Date(document.getElementById("f-event.time").value);
  if (Number.isNaN(time.getTime())) return;
  const how = KNOWN[document.getElementById("f-event.precision").value] || KNOWN.minute;
  says("event.time").textContent = time.toLocaleString(language, how);
}

function sayLevel() {
  const chosen = folded.querySelector("[name='event.visibility']:checked");
  if (chosen) says("event.visibility").replaceChildren(...chosen.labels[0].cloneNode(true).childNodes);
}

function say() {
  sayTime();
  sayLevel();
}

folded.addEventListener("change", say);
requestAnimationFrame(say);
