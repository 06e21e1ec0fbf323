/* Puts what was found with a combobox into the list that the form sends, and chooses it there. */
for (const find of document.querySelectorAll("form.record [data-ask]")) {
  const { form } = find.querySelector("input");
  find.addEventListener("found", ({ detail: { value, label } }) => {
    const name = find.querySelector("input").name.replace("find.", "");
    const select = form.querySelector(`select[name="${CSS.escape(name)}"]`);
    let input = form.querySelector(`input[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
    if (select) {
      if (![...select.options].some((option) => option.value === value)) select.add(new Option(label, value));
      select.value = value;
    } else if (!input) {
      input = Object.assign(document.createElement("input"), { type: "checkbox", name, value, id: `found-${name}-${value}` });
      const words = Object.assign(document.createElement("label"), { htmlFor: input.id, textContent: label });
      const [row, rows] = [document.createElement("div"), document.createElement("div")];
      row.append(input, words);
      rows.append(row);
      rows.className = "ticks";
      find.before(rows);
    }
    if (input) input.checked = true;
    (select ?? input).dispatchEvent(new Event("input", { bubbles: true }));
  });
}
