/* Follows a timeline. A line says how many entries are new, and a link in it shows them; nothing else on the page moves. */
const RETRY_MS = 10000;
const line = document.querySelector("[data-live]");
let last = Number(line.dataset.after);
let count = 0;

/* Other modules may take over what happens; then the line says nothing. */
function isOurs(name) {
  return line.dispatchEvent(new CustomEvent(name, { cancelable: true }));
}

const link = document.createElement("a");
link.href = location.pathname + location.search;
link.addEventListener("click", (event) => {
  event.preventDefault();
  /* The browser comes back to the same place of the page. */
  location.reload();
});

/* The link stays the same: somebody may be on it. */
async function show() {
  await released();
  if (line.textContent === line.dataset.ended) return;
  count = link.isConnected ? count + 1 : 1;
  link.textContent = (count === 1 ? line.dataset.one : line.dataset.many).replace("{count}", count);
  if (!link.isConnected) line.replaceChildren(link);
}

function follow() {
  const source = new EventSource(`${line.dataset.live}&after=${last}`);
  let wasOpen = false;
  source.onopen = () => {
    if (wasOpen) isOurs("resumed");
    wasOpen = true;
  };
  source.onmessage = (event) => {
    const position = Number(event.lastEventId);
    if (position <= last) return;
    last = position;
    if (isOurs("entry")) show();
  };
  source.addEventListener("ended", () => {
    source.close();
    line.textContent = line.dataset.ended;
    isOurs("ended");
  });
  source.onerror = () => {
    /* The browser resumes by itself, but not after a refusal. */
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, RETRY_MS);
  };
}

follow();
