/* The summary of what is folded says what is chosen in it, also after a draft was put back. */
const folded = document.querySelector("[data-folded]");
const says = (name) => folded.querySelector(`[data-says="${name}"]`);

function sayTime() {
  const time = new Date(document.getElementById("f-event.time").value);
  if (Number.isNaN(time.getTime())) return;
  const how = { dateStyle: "long", timeStyle: "short" };
  says("event.time").textContent = time.toLocaleString(document.documentElement.lang, how);
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
