// The opened camera live: its own packets over WebRTC; where that cannot be, motion JPEG, and single pictures after that.
import { token } from "./theme.js";

const PATIENCE = 6000, AGAIN = 590000;  // the server ends a connection after ten minutes: renewed a little before

export class Live {
  constructor(box, say) {
    this.box = box;
    this.say = say;
    this.code = box.dataset.code;
    this.video = box.querySelector("[data-video]");
    this.picture = box.querySelector("[data-picture]");
    this.peer = null;
    this.isOver = false;
    this.isStreaming = false;
  }

  async start() {
    if ("stream" in this.box.dataset && window.RTCPeerConnection) {
      try { await this.stream(); return; } catch (error) { this.drop(); this.why = error.message; }
    }
    if (!this.isOver) this.pictures();
  }

  async stream() {
    const peer = this.peer = new RTCPeerConnection({ iceServers: [] });
    const seen = new Promise((resolve, reject) => {
      this.video.addEventListener("loadeddata", resolve, { once: true });
      setTimeout(() => reject(new Error("No picture came in time.")), PATIENCE);
    });
    seen.catch(() => {});  // when the offer fails first, nobody waits for it any more
    peer.addTransceiver("video", { direction: "recvonly" });
    peer.ontrack = ({ receiver, streams, track }) => {
      if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = 0;
      this.video.srcObject = streams[0] ?? new MediaStream([track]);
      this.video.play().catch(() => {});
    };
    peer.onconnectionstatechange = () => { if (["failed", "disconnected", "closed"].includes(peer.connectionState)) this.again(peer); };
    await peer.setLocalDescription(await peer.createOffer());
    await gathered(peer);
    const answer = await fetch(`/cameras/${encodeURIComponent(this.code)}/offer`, {
      method: "POST", headers: { "X-CSRFToken": token(), "Content-Type": "application/json" },
      body: JSON.stringify({ sdp: peer.localDescription.sdp }),
    });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(told.detail ?? "The console does not answer.");
    await peer.setRemoteDescription(told);
    await seen;
    if (this.isOver) { this.drop(); return; }
    this.video.hidden = false;
    this.picture.hidden = true;
    this.isStreaming = true;
    this.box.dataset.shown = "stream";
    this.say("rec", "Live");
    this.renewal = setTimeout(() => this.again(peer), AGAIN);
  }

  pictures() {
    this.box.dataset.shown = "pictures";
    this.video.hidden = true;
    this.picture.hidden = false;
    this.picture.onerror = () => { this.isStreaming = false; };  // the wall's own pictures take over until it is renewed
    this.picture.src = `/cameras/${encodeURIComponent(this.code)}/stream?${Date.now()}`;  // else the answer that ended would be shown again
    this.isStreaming = true;
    this.say("rec", "Live, single pictures", this.why);
    this.renewal = setTimeout(() => this.again(null), AGAIN);
  }

  // peer: the connection that is over; null for pictures.
  again(peer) {
    if (this.isOver || this.peer !== peer) return;
    this.drop();
    this.isStreaming = false;
    setTimeout(() => { if (!this.isOver) this.start(); }, 1000);
  }

  drop() {
    clearTimeout(this.renewal);
    const peer = this.peer;
    this.peer = null;
    peer?.close();
    this.video.srcObject = null;
  }

  stop() {
    this.isOver = true;
    this.drop();
    if (this.box.dataset.shown === "pictures") this.picture.removeAttribute("src");  // ends the answer that never ends
    delete this.box.dataset.shown;
  }
}

// Nothing is asked of a server elsewhere, so this takes milliseconds.
function gathered(peer) {
  if (peer.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => { if (peer.iceGatheringState === "complete") resolve(); };
    peer.addEventListener("icegatheringstatechange", done);
    setTimeout(resolve, 1500);
  });
}
