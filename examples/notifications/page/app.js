// The page is one tab of a member: ?member=ann, or a name at random.
import { $, clock, follow, make, post } from "./base.js";

const names = ["ann", "bob", "cleo", "dan", "eve", "finn", "gus", "hana"];
const query = new URLSearchParams(location.search);
const random = (besides) => names.filter((n) => n !== besides)[Math.floor(Math.random() * (names.length - 1))];
const me = query.get("member") || random();
history.replaceState(null, "", `?member=${encodeURIComponent(me)}`);

$("me").textContent = me;
document.title = `${me}: notifications`;
$("same").href = `?member=${encodeURIComponent(me)}`;
$("other").href = `?member=${random(me)}`;

follow(`events?member=${encodeURIComponent(me)}`, {
  presence: (e) => {
    const members = JSON.parse(e.data);
    $("present").replaceChildren(...members.map((m) => make("li", m, m === me ? "self" : "")));
    const chosen = $("to").value;
    const choices = ["", ...members].map((m) => {
      const choice = make("option", m || "everybody");
      choice.value = m;
      return choice;
    });
    $("to").replaceChildren(...choices);
    if (members.includes(chosen)) $("to").value = chosen;
  },
  note: (e) => {
    const note = JSON.parse(e.data);
    const line = make("li");
    line.append(make("time", clock()), make("span", note.text, "grow"), make("span", note.to ? "to you" : "to everybody", "soft"));
    $("notes").prepend(line);
    $("none").hidden = true;
  },
}, () => { $("message").textContent = "This member was refused: a name has 1 to 20 letters from a to z."; });

$("send").addEventListener("submit", async (e) => {
  e.preventDefault();
  const answer = await post(`notify?to=${encodeURIComponent($("to").value)}`, $("text").value);
  $("message").textContent = answer.text;
  if (answer.ok) $("text").value = "";
});
