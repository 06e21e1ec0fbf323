/* Sends what `unsent.js` keeps when the line is back, one after the other. The id of the event is in it, so what arrived
   before, while its answer was lost, is recorded once. */
const WAIT_MS = 20000;
const EVERY_MS = 10000;
const panel = document.querySelector("[data-unsent]");
let isBusy = false;

async function resend() {
  const waiting = [];
  panel.dispatchEvent(new CustomEvent("wanted", { detail: waiting }));
  for (const one of waiting) {
    const body = new URLSearchParams(one.fields);
    const answer = await fetch(one.path, { method: "POST", body, signal: AbortSignal.timeout(WAIT_MS) });
    if (answer.status >= 500 || answer.status === 429) return;
    const state = answer.redirected ? "sent" : [401, 403].includes(answer.status) ? "session" : "refused";
    const detail = { ...one, state, url: answer.url };
    panel.dispatchEvent(new CustomEvent(answer.redirected ? "recorded" : "keep", { detail }));
  }
}

function again() {
  if (isBusy) return;
  isBusy = true;
  resend()
    .catch(() => {})
    .finally(() => (isBusy = false));
}

addEventListener("online", again);
setInterval(again, EVERY_MS);
again();
