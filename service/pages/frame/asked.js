/* A form that only asks says what its page shows. Somebody who goes back gets the page as it was left, with what was
   chosen for the next one: the form says again what this page shows. */
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) for (const form of document.querySelectorAll("main form:not([method=post])")) form.reset();
});
