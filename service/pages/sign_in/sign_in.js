/* The code of a link or an invitation stands in the fragment, which browsers send to nobody. This takes it out of the
   address bar, so that it stays in no history, and asks whom it signs in. Only the button on the page that follows
   redeems it. */
const field = document.getElementById("link");

function take() {
  const given = new URLSearchParams(location.hash.slice(1));
  const code = given.get("link") ?? given.get("invitation");
  if (!code) return;
  history.replaceState(null, "", location.pathname + location.search);
  field.value = code;
  field.form.submit();
}

addEventListener("hashchange", take);
take();
