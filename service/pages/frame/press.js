/* Who presses something lets it go a moment later, and only then it is a click. If the page moved or replaced it meanwhile,
   the click is lost, or meets something else. So a module that changes a page by itself waits for `released()` first. */
/* The click of a finger comes a little after it went up. */
const CLICK_MS = 100;
let [press, letGo] = [Promise.resolve(), () => {}];

/* Other buttons open menus; nobody may hear that they went up. */
addEventListener("pointerdown", ({ button, isPrimary }) => {
  if (button || !isPrimary) return;
  letGo();
  press = new Promise((done) => (letGo = done));
});
/* A menu, another window or the keyboard ends a press, too. */
for (const end of ["pointerup", "pointercancel", "contextmenu", "blur", "keydown"]) addEventListener(end, () => setTimeout(letGo, CLICK_MS));

globalThis.released = async () => {
  for (let ended; ended !== press; ) await (ended = press);
};
