// The running session: what time alone changes. The server decides the moments; here they only come.
const RANK = { go: 0, caution: 1, stop: 2 };
const SHAKE = { caution: [120], stop: [250, 120, 250] };

function turn(counter, tone) {
  if (RANK[counter.dataset.tone] >= RANK[tone]) return;
  counter.dataset.tone = tone;
  const said = counter.querySelector(`template[data-turn="${tone}"]`);
  counter.querySelector(".say")?.replaceChildren(said.content.cloneNode(true));
  navigator.vibrate?.(SHAKE[tone]);
}

function look() {
  const now = Date.now();
  for (const counter of document.querySelectorAll("[data-due-at]")) {
    if (now >= Date.parse(counter.dataset.dueAt)) turn(counter, "stop");
    else if (now >= Date.parse(counter.dataset.soonAt)) turn(counter, "caution");
  }
  for (const wait of document.querySelectorAll("[data-wait]")) {
    const end = wait.querySelector("[data-until]");
    if (!end || now < Date.parse(end.dataset.until)) continue;
    end.parentElement.textContent = end.dataset.after;
    wait.dataset.tone = "go";
    navigator.vibrate?.([120]);
  }
}

look();
setInterval(look, 1000);
