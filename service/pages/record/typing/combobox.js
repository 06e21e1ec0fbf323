/* Finds what a long list lacks while somebody types: a combobox as WAI-ARIA has it. Where the server does not answer, the
   button that finds is there still. */
function made(tag, given, data = {}) {
  const element = Object.assign(document.createElement(tag), given);
  Object.assign(element.dataset, data);
  return element;
}

for (const find of document.querySelectorAll("form.record [data-ask]")) {
  const input = find.querySelector("input");
  const list = made("ul", { id: `${input.id}-list`, role: "listbox", hidden: true, ariaLabel: find.dataset.found });
  const status = made("span", { role: "status", className: "quiet" });
  Object.assign(input, { role: "combobox", ariaExpanded: "false", ariaAutoComplete: "list" });
  input.setAttribute("aria-controls", list.id);
  find.append(list, status);
  let [asked, at] = [0, -1];
  const show = (open) => {
    list.hidden = !open;
    input.ariaExpanded = String(open);
    at = -1;
    /* An answer that comes later must not open it again. */
    if (!open) asked += 1;
    input.removeAttribute("aria-activedescendant");
  };
  const move = (to) => {
    at = (to + list.children.length) % list.children.length;
    [...list.children].forEach((option, index) => (option.ariaSelected = String(index === at)));
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const take = ({ dataset: { value }, textContent: label }) => {
    find.dispatchEvent(new CustomEvent("found", { detail: { value, label } }));
    Object.assign(input, { value: "" });
    status.textContent = label;
    show(false);
  };
  input.addEventListener("input", async () => {
    const mine = ++asked;
    const query = new URLSearchParams({ words: input.value, cohort: input.form.elements.cohort?.value ?? "" });
    const answer = await fetch(`${find.dataset.ask}&${query}`).then((got) => (got.ok ? got.json() : null), () => null);
    await released();
    if (mine !== asked || !answer) return;
    list.replaceChildren(...answer.map(({ value, label }, index) => made("li", { id: `${list.id}-${index}`, role: "option", ariaSelected: "false", textContent: label }, { value })));
    show(answer.length > 0);
    status.textContent = input.value.trim().length < 2 ? "" : answer.length ? `${find.dataset.found} ${answer.length}` : find.dataset.none;
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => event.target.dataset.value && take(event.target));
  const keys = { ArrowDown: () => move(at + 1), ArrowUp: () => move(at < 0 ? -1 : at - 1), Escape: () => show(false), Enter: () => at >= 0 && take(list.children[at]) };
  input.addEventListener("keydown", (event) => {
    if (list.hidden || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  input.addEventListener("blur", () => show(false));
}
