/* The zone of the browser is nearly always that of the sheet, too. Nobody has chosen one yet. */
const zones = document.querySelector("[data-zones]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (!zones.value && [...zones.options].some((option) => option.value === own)) zones.value = own;
