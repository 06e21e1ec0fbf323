/* A drawing that is wider than the screen opens where its last entries are, as its beginning may be empty.
   One that somebody has moved already stays as it is. */
const GAP = 10;
for (const lanes of document.querySelectorAll(".lanes")) {
  const names = lanes.querySelector(".lanes-names").getBoundingClientRect();
  const marks = [...lanes.querySelectorAll("a > :is(circle, rect)")].map((one) => ({
    begin: one.getBoundingClientRect().left,
    end: one.parentElement.getBoundingClientRect().right,
  }));
  if (lanes.scrollLeft || !marks.length) continue;
  const last = marks.reduce((one, other) => (other.begin > one.begin ? other : one));
  const room = lanes.getBoundingClientRect().right;
  /* Its end is shown, and its beginning even if it is long. */
  lanes.scrollLeft = Math.min(last.end + GAP - room, last.begin - GAP - names.right);
}
