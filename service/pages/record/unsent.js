/* Keeps what could not be sent, and shows it to those whose it is. It is kept in sessionStorage, not in localStorage: it
   outlives a reload, but not the tab, so that on a shared computer, such as a library's, nothing is left behind. What was
   typed in an earlier session is not sent by itself. */
const panel = document.querySelector("[data-unsent]");
const status = panel.querySelector("[role]");
const begin = `unsent ${panel.dataset.unsent} `;
const done = [];

const names = (start) => Object.keys(sessionStorage).filter((name) => name.startsWith(start));
const kept = () => names(begin).map((name) => JSON.parse(sessionStorage.getItem(name))).sort((a, b) => a.at - b.at);

async function show() {
  await released();
  const all = kept();
  const says = status.dataset[all.some((one) => one.state === "waiting") ? "waiting" : all.length ? "looks" : "none"];
  panel.hidden = !all.length && !done.length;
  panel.querySelector("ul").replaceChildren(...[...all, ...done].map(listed));
  if (status.textContent !== says) status.textContent = says;
}

function listed(one) {
  const item = panel.querySelector(`[data-of=${one.state}]`).content.firstElementChild.cloneNode(true);
  item.querySelector(".words").textContent = one.words;
  const link = item.querySelector("[data-shows]");
  /* A line of a session is on the page that is open. */
  if (link && new URL(one.url).pathname === location.pathname) link.remove();
  else if (link) link.href = one.url;
  item.querySelector("[data-open]")?.addEventListener("click", () => {
    panel.dispatchEvent(new CustomEvent("open", { detail: one }));
  });
  item.querySelector("[data-discard]")?.addEventListener("click", () => drop(one.id));
  return item;
}

function keep(one) {
  sessionStorage.setItem(begin + one.id, JSON.stringify(one));
  show();
}

function drop(id) {
  sessionStorage.removeItem(begin + id);
  show();
}

panel.addEventListener("keep", (event) => {
  keep(event.detail);
  /* It is kept: a form may be emptied. */
  event.preventDefault();
});
panel.addEventListener("wanted", ({ detail }) => detail.push(...kept().filter(({ state }) => state === "waiting")));
panel.addEventListener("recorded", ({ detail }) => {
  /* Its draft would come back in the form. */
  for (const name of names("draft ")) if (sessionStorage.getItem(name).includes(detail.id)) sessionStorage.removeItem(name);
  if (sessionStorage.getItem(begin + detail.id)) done.unshift({ ...detail, state: "sent" });
  drop(detail.id);
});
for (const one of kept()) if (one.token !== panel.dataset.token && one.state === "waiting") keep({ ...one, state: "session" });
addEventListener("beforeunload", (event) => kept().some(({ state }) => state === "waiting") && event.preventDefault());
show();
