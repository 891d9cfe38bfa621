// The page: a form until somebody is signed in, then the room.
import { $, badge, follow, make, post } from "./base.js";

const when = (at) => new Date(at).toLocaleTimeString([], { hour12: false });
let source;

function connect() {
  $("log").replaceChildren();
  $("gallery").replaceChildren();
  source = follow("events", {
    open: (e) => {
      // The room tells its story anew on each connection.
      $("log").replaceChildren();
      $("gallery").replaceChildren();
      $("me").textContent = e.data;
      inside(true);
    },
    message: (e) => {
      const { from, to, text, at } = JSON.parse(e.data);
      const line = make("li");
      line.append(make("time", when(at)), make("b", from), make("span", text, "grow"));
      if (to) line.append(make("span", `to ${to} alone`, "private"));
      $("log").prepend(line);
      $("none").hidden = true;
    },
    picture: (e) => {
      const { from, url, at } = JSON.parse(e.data);
      const image = make("img");
      image.src = url;
      image.alt = `picture of ${from}`;
      const figure = make("figure");
      figure.append(image, make("figcaption", `${from}, ${when(at)}`));
      const item = make("li");
      item.append(figure);
      $("gallery").prepend(item);
      $("bare").hidden = true;
    },
    bye: out,
  }, out);
}

// out shows the form: nobody is signed in, or not any longer.
function out() {
  source.close();
  badge("idle", "Not signed in");
  inside(false);
}

function inside(yes) {
  $("room").hidden = !yes;
  $("signin").hidden = yes;
  (yes ? $("text") : $("name")).focus();
}

// The form works without this; with it, a refusal stays on the page.
$("signin").addEventListener("submit", async (e) => {
  e.preventDefault();
  const answer = await post("signin", new URLSearchParams(new FormData($("signin"))));
  $("refusal").textContent = answer.ok ? "" : answer.text;
  if (answer.ok) connect();
});

$("say").addEventListener("submit", async (e) => {
  e.preventDefault();
  const [, to = "", text] = $("text").value.match(/^(?:@([a-z]+)\s+)?(.*)$/s);
  const answer = await post(`say?to=${to}`, text);
  $("message").textContent = answer.text;
  if (answer.ok) $("text").value = "";
});

$("signout").addEventListener("click", () => post("signout"));
$("choose").addEventListener("click", () => $("file").click());
$("file").addEventListener("change", () => { hang($("file").files[0]); $("file").value = ""; });
addEventListener("paste", (e) => hang([...e.clipboardData.files].find((f) => f.type.startsWith("image/"))));

// hang sends a picture, made small enough first.
async function hang(file) {
  if (!file) return;
  try {
    const whole = await createImageBitmap(file);
    const scale = Math.min(1, 800 / Math.max(whole.width, whole.height));
    const canvas = make("canvas");
    canvas.width = Math.max(1, whole.width * scale);
    canvas.height = Math.max(1, whole.height * scale);
    canvas.getContext("2d").drawImage(whole, 0, 0, canvas.width, canvas.height);
    const small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
    $("message").textContent = (await post("picture", small)).text;
  } catch {
    $("message").textContent = "This is no picture that the browser can read.";
  }
}

connect();
