/* Keeps the lists of a wall up to date, with what the page itself shows now, so that what was hidden goes too. Where
   there is a wall beside something else, only the wall goes at the end of the session. */
const EVERY_MS = 60000;
const line = document.querySelector("[data-live]");
const lists = document.querySelectorAll("[data-renewed]");
const button = document.getElementById("pause");
const timer = setInterval(renew, EVERY_MS);
let isPaused = false;
let renewing = Promise.resolve();

function renew() {
  if (!isPaused) renewing = renewing.then(fetched).catch(() => {});
}

async function fetched() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
  if (isPaused || answer.status === 429 || answer.status >= 500) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const list of lists) {
    /* A person who has reached a button in a list stays there. */
    if (list.contains(document.activeElement?.closest("form"))) continue;
    const known = new Set([...list.children].map((one) => one.dataset.position));
    list.replaceChildren(...(page.getElementById(list.id)?.children ?? []));
    for (const one of list.children) one.classList.toggle("new", !known.has(one.dataset.position));
  }
}

if (button) button.hidden = false;
button?.addEventListener("click", () => {
  isPaused = !isPaused;
  [button.value, button.dataset.other] = [button.dataset.other, button.value];
  line.replaceChildren();
  renew();
});
line.addEventListener("entry", (event) => {
  if (isPaused) return;
  event.preventDefault();
  renew();
});
line.addEventListener("resumed", renew);
line.addEventListener("ended", () => {
  clearInterval(timer);
  isPaused = true;
  (document.querySelector("[data-beside]") ?? document.querySelector("main")).replaceChildren(line);
});
