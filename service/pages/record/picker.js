/* Narrows long lists of subjects while somebody types. What is chosen stays in the list. It asks the server for nothing:
   what is not listed is found with the button that stands below such a list. */
const LONG = 12;
const form = document.querySelector("form.record");

function folded(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

function narrowed(about, narrow) {
  const input = document.createElement("input");
  input.type = "search";
  input.autocomplete = "off";
  input.placeholder = form.dataset.narrow;
  input.setAttribute("aria-label", `${form.dataset.narrow}: ${about}`);
  input.addEventListener("input", () => {
    const words = folded(input.value).split(/\s+/).filter(Boolean);
    narrow((text) => words.every((word) => folded(text).includes(word)));
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  return input;
}

for (const select of form.querySelectorAll("select[data-long]")) {
  if (select.options.length <= LONG) continue;
  const all = [...select.children].map((part) => part.cloneNode(true));
  const narrow = (fits) => {
    const chosen = select.value;
    const stays = (option) => option.value === "" || option.value === chosen || fits(option.textContent);
    const parts = all.map((part) => part.cloneNode(true));
    for (const part of parts) {
      for (const option of part.querySelectorAll("option")) if (!stays(option)) option.remove();
    }
    select.replaceChildren(...parts.filter((part) => (part.label && part.children.length) || (part.value !== undefined && stays(part))));
    select.value = chosen;
  };
  select.before(narrowed(select.labels[0].firstChild.textContent.trim(), narrow));
}

for (const list of form.querySelectorAll("[data-long].ticks")) {
  const rows = [...list.children];
  if (rows.length <= LONG) continue;
  const about = list.closest("fieldset").querySelector("legend").firstChild.textContent.trim();
  const narrow = (fits) => {
    for (const row of rows) row.hidden = !row.querySelector("input").checked && !fits(row.textContent);
  };
  list.before(narrowed(about, narrow));
}
