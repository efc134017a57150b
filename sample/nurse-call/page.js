const kinds = {
  call: ["呼び出し", "Call"],
  bath: ["浴室", "Bathroom"],
  "bed-exit": ["離床センサー", "Bed exit"],
  emergency: ["緊急", "Emergency"],
};
const $ = (id) => document.getElementById(id);
const both = ([ja, en]) => {
  const japanese = Object.assign(document.createElement("span"), { lang: "ja", textContent: ja });
  const english = Object.assign(document.createElement("small"), { lang: "en", textContent: en });
  return [japanese, " ", english];
};
let state = { wards: [], calls: [] };

function show() {
  $("wards").replaceChildren(
    ...state.wards.map((ward) => {
      const item = document.createElement("li");
      const open = state.calls.filter((call) => call.ward === ward && !call.answered).length;
      item.append(ward, Object.assign(document.createElement("b"), { textContent: String(open) }));
      return item;
    }),
  );
  $("calls").replaceChildren(...state.calls.map(row));
}

function row(call) {
  const item = document.createElement("li");
  item.className = `${call.kind} ${call.answered ? "answered" : ""}`;
  const room = Object.assign(document.createElement("span"), { className: "room", textContent: call.room });
  const what = Object.assign(document.createElement("span"), { className: "what" });
  const time = new Date(call.at).toLocaleTimeString("ja-JP");
  what.append(
    ...both(kinds[call.kind]),
    Object.assign(document.createElement("small"), { textContent: `${call.ward} ${time}` }),
  );
  item.append(room, what);
  if (!call.answered) {
    const button = document.createElement("button");
    button.append(...both(["応答", "Answer"]));
    button.addEventListener("click", () => void fetch(`api/answer?id=${call.id}`, { method: "POST" }));
    item.append(button);
  }
  return item;
}

async function load() {
  state = await (await fetch("api/calls")).json();
  show();
}

function listen() {
  const events = new WebSocket(new URL("events", location.href));
  const say = (live, words) => {
    $("link").className = live ? "live" : "wait";
    $("link").replaceChildren(...both(words));
  };
  events.onopen = () => say(true, ["受信中", "live"]);
  events.onclose = () => {
    say(false, ["切断", "disconnected"]);
    setTimeout(listen, 2000);
  };
  events.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    if (event.type === "call") state.calls = [event.call, ...state.calls].slice(0, 12);
    if (event.type === "answered")
      state.calls = state.calls.map((call) => (call.id === event.id ? { ...call, answered: true } : call));
    show();
  };
}

await load();
listen();
