// The recording: pieces one after the other in two <video> elements, or single pictures where a camera is masked or its
// codec is none of the browser's. Several cameras follow the clock of the opened one.
const AHEAD = 20 * 60000, BEHIND = 2 * 60000, FETCH_AGAIN = 20000, TICK = 200, STILL = 700;
const iso = (ms) => new Date(ms).toISOString();

export class Player {
  constructor(box) {
    this.box = box;
    this.code = box.dataset.code;
    this.videos = [box.querySelector("[data-video]"), box.querySelector("[data-video-next]")];
    this.picture = box.querySelector("[data-picture]");
    this.pieces = [];
    this.gaps = [];
    this.piece = null;
    this.at = 0;
    this.turn = 0;
    this.isPlaying = false;
    this.speed = 1;
    for (const video of this.videos) {
      video.onended = () => { if (video === this.videos[0]) this.onward(); };
      video.onerror = () => { if (video === this.videos[0] && this.piece) { this.piece.url = ""; this.still(this.at); } };
    }
  }

  // Where nothing is recorded the next piece is shown, and the reason told. False: there is nothing after it either.
  async seek(ms) {
    const turn = ++this.turn;
    const isTold = this.knows(ms) || await this.learn(ms);
    if (turn !== this.turn) return true;
    const found = this.pieces.find((one) => one.from <= ms && ms < one.to) ?? (isTold ? this.pieces.find((one) => one.from > ms) : null);
    this.gap = found && found.from > ms ? this.gaps.find((one) => one.from <= ms && ms < one.to) : null;
    if (!found) { this.nothing(isTold ? "Nothing was recorded here" : "The console does not answer"); return false; }
    this.show(found, Math.max(ms, found.from));
    return true;
  }

  knows(ms) { return this.known && this.known.from <= ms && ms < this.known.to - 1000; }

  // False: the console did not tell.
  async learn(ms) {
    const from = ms - BEHIND, to = ms + AHEAD;
    const answer = await fetch(`/cameras/${encodeURIComponent(this.code)}/recorded?at=${iso(from)}&until=${iso(to)}`).catch(() => null);
    const told = answer?.ok && !answer.redirected ? await answer.json().catch(() => null) : null;
    if (!told) return false;
    this.pieces = told.pieces;
    this.gaps = told.gaps;
    this.known = { from, to: Math.min(to, Math.max(told.pieces.at(-1)?.to ?? from, Date.now() - FETCH_AGAIN)) };
    return true;
  }

  show(piece, ms) {
    this.at = ms;
    this.say("");
    const was = this.piece;
    this.piece = piece;
    this.box.dataset.shown = piece.url ? "recording" : "pictures";
    if (!piece.url) { this.still(ms); return; }
    const [video] = this.videos, second = (ms - piece.from) / 1000;
    if (was !== piece || video.dataset.of !== piece.url) this.open(video, piece.url);
    this.when(video, () => { video.currentTime = second; this.visible(video); if (this.isPlaying) this.run(); });
    this.prepare();
  }

  open(video, url) {
    video.dataset.of = url;
    video.src = url;
    video.load();
  }

  when(video, act) {
    if (video.readyState > 0) { act(); return; }
    video.addEventListener("loadedmetadata", act, { once: true });
  }

  visible(video) {
    const reveal = () => { video.hidden = false; this.picture.hidden = true; };
    if (video.readyState > 1) reveal(); else video.addEventListener("loadeddata", reveal, { once: true });
  }

  prepare() {
    const next = this.pieces[this.pieces.indexOf(this.piece) + 1], [, spare] = this.videos;
    if (next?.url && spare.dataset.of !== next.url) { spare.preload = "auto"; this.open(spare, next.url); }
  }

  async onward() {
    const after = this.piece?.to ?? this.at;
    const next = this.pieces[this.pieces.indexOf(this.piece) + 1];
    if (!next || !next.url || next.from - after > 2000) { if (!await this.seek(after + 50)) this.pause(); return; }
    const [done, spare] = this.videos;
    this.videos = [spare, done];
    if (spare.dataset.of !== next.url) this.open(spare, next.url);
    this.piece = next;
    this.at = next.from;
    this.when(spare, () => { spare.hidden = false; done.hidden = true; done.pause(); if (this.isPlaying) this.run(); });
    this.prepare();
  }

  // Single pictures: one is asked for when the one before it has come, and then for the newest moment that was wanted.
  still(ms) {
    for (const video of this.videos) { video.hidden = true; video.pause(); }
    this.picture.hidden = false;
    this.box.dataset.shown = "pictures";
    this.at = this.wanted = ms;
    if (!this.asking) this.draw(ms);
  }

  draw(ms) {
    this.asking = true;
    this.picture.onload = this.picture.onerror = () => {
      this.asking = false;
      if (this.wanted !== ms && this.box.dataset.shown === "pictures") this.draw(this.wanted);
    };
    this.picture.src = `/cameras/${encodeURIComponent(this.code)}/picture?at=${iso(ms)}`;
  }

  nothing(words) {
    for (const video of this.videos) { video.pause(); video.hidden = true; }
    this.picture.hidden = true;
    this.piece = null;
    this.box.dataset.shown = "nothing";
    this.say(words);
  }

  // Words over a picture that is none; without words there is one.
  say(words) {
    const box = this.box.querySelector("[data-words]");
    box.hidden = !words;
    if (words) { box.querySelector("b").textContent = words; box.querySelector("span").textContent = ""; }
  }

  run() {
    const [video] = this.videos;
    video.playbackRate = this.speed;
    video.play().catch(() => {});
  }

  play(speed) {
    this.speed = speed;
    this.isPlaying = true;
    this.since = performance.now();
    if (this.piece?.url) this.run();
  }

  pause() {
    this.isPlaying = false;
    this.videos[0].pause();
  }

  now() {
    if (this.piece?.url && !this.videos[0].hidden) this.at = this.piece.from + this.videos[0].currentTime * 1000;
    return this.at;
  }

  // For single pictures, whose clock is ours.
  tick(passed) {
    if (!this.isPlaying || !this.piece || this.piece.url) return;
    const ms = this.at + passed * this.speed;
    if (ms >= this.piece.to) { this.seek(ms); return; }
    this.at = ms;
    if (performance.now() - (this.drawn ?? 0) > STILL) { this.drawn = performance.now(); this.still(ms); }
  }

  // Follow another clock: a little faster or slower, or a jump where it is far.
  follow(ms, isPlaying, speed) {
    const off = this.now() - ms;
    if (!this.piece || Math.abs(off) > 1500 * speed) { if (this.tried === undefined || Math.abs(ms - this.tried) > 1000) { this.tried = ms; this.seek(ms); } }
    if (isPlaying !== this.isPlaying) { if (isPlaying) this.play(speed); else this.pause(); }
    if (this.piece?.url && isPlaying) this.videos[0].playbackRate = speed * (Math.abs(off) < 120 ? 1 : off > 0 ? .9 : 1.1);
  }

  stop() {
    this.pause();
    this.picture.onload = this.picture.onerror = null;
    for (const video of this.videos) { video.onended = video.onerror = null; video.removeAttribute("src"); video.load(); video.hidden = true; }
  }
}

export class Playback {
  constructor(first, others, tell) {
    this.first = first;
    this.others = others;
    this.tell = tell;
    this.isAll = false;
    this.last = performance.now();
    this.timer = setInterval(() => this.tick(), TICK);
  }

  async seek(ms) {
    const found = await this.first.seek(ms);
    if (this.isAll) for (const other of this.others) other.seek(this.first.now());
    this.tell(this);
    return found;
  }

  play(speed) { this.first.play(speed); this.tell(this); }

  pause() {
    this.first.pause();
    for (const other of this.others) other.pause();
    this.tell(this);
  }

  all(isAll) {
    this.isAll = isAll;
    for (const other of this.others) { if (isAll) other.seek(this.first.now()); else other.pause(); }
  }

  tick() {
    const now = performance.now(), passed = now - this.last;
    this.last = now;
    this.first.tick(passed);
    const ms = this.first.now();
    if (this.isAll) for (const other of this.others) { other.tick(passed); other.follow(ms, this.first.isPlaying, this.first.speed); }
    this.tell(this);
  }

  stop() {
    clearInterval(this.timer);
    for (const each of [this.first, ...this.others]) each.stop();
  }
}
