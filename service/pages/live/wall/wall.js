/* Keeps the lists of a wall up to date, with what the page itself shows now, so that what was hidden goes too. What is
   the same stays in place, as somebody may have selected its words, or be on a link in it. Where there is a wall beside
   something else, only the wall goes at the end of the session. */
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
  if (answer.status === 429 || answer.status >= 500) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  await released();
  if (isPaused) return;
  for (const list of lists) {
    /* A person who has reached a button in a list stays there. */
    if (list.contains(document.activeElement?.closest("form"))) continue;
    const known = new Map([...list.children].map((one) => [one.dataset.position, one]));
    const shown = [...(page.getElementById(list.id)?.children ?? [])].map((one) => {
      const old = known.get(one.dataset.position);
      old?.removeAttribute("class");
      if (!old) one.classList.add("new");
      return old?.isEqualNode(one) ? old : one;
    });
    put(list, shown);
  }
}

/* What stays is not taken out: it would lose the focus. */
function put(list, shown) {
  for (const one of [...list.children]) if (!shown.includes(one)) one.remove();
  shown.forEach((one, index) => one === list.children[index] || list.insertBefore(one, list.children[index] ?? null));
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
