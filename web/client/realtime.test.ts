import { beforeEach, describe, expect, it } from "vitest";
import { FakePorts, settle } from "./fakes.ts";
import { createRealtime, type Realtime } from "./realtime.ts";

let ports: FakePorts;
let tickets: number;
let refuse: Error | null;
let realtime: Realtime;

beforeEach(() => {
  ports = new FakePorts();
  tickets = 0;
  refuse = null;
  realtime = createRealtime(async () => {
    if (refuse) throw refuse;
    tickets++;
    return { ticket: "t", expires_at: "", url: `wss://live.test/?ticket=${tickets}` };
  }, ports);
});

async function open() {
  realtime.start();
  await settle();
  ports.socket.onopen?.();
}

describe("the realtime connection", () => {
  it("takes a ticket and connects to the address that came with it", async () => {
    await open();
    expect(ports.socket.url).toBe("wss://live.test/?ticket=1");
    expect(realtime.state.name).toBe("open");
  });

  it("takes a fresh ticket for every try", async () => {
    await open();
    ports.socket.onclose?.({ code: 1006, reason: "" });
    expect(realtime.state).toMatchObject({ name: "waiting", reason: "closed 1006" });
    await ports.clock.advance(500);
    expect(ports.socket.url).toBe("wss://live.test/?ticket=2");
  });

  it("tries again when no ticket is to be had", async () => {
    refuse = new TypeError("down");
    realtime.start();
    await settle();
    expect(realtime.state).toMatchObject({ name: "waiting", reason: "network" });
    refuse = null;
    await ports.clock.advance(500);
    expect(ports.sockets).toHaveLength(1);
  });

  it("gives up on a socket that does not open", async () => {
    realtime.start();
    await ports.clock.advance(15_000);
    expect(ports.sockets[0]?.closed).toBe(true);
    expect(realtime.state).toMatchObject({ name: "waiting", reason: "timeout" });
  });

  it("pings every five minutes and stays while pongs come", async () => {
    await open();
    for (let i = 1; i <= 3; i++) {
      await ports.clock.advance(300_000);
      expect(ports.socket.sent).toEqual(Array(i).fill('{"action":"ping"}'));
      ports.socket.deliver({ type: "pong" });
    }
    await ports.clock.advance(60_000);
    expect(realtime.state.name).toBe("open");
  });

  it("leaves a socket that does not answer a ping", async () => {
    await open();
    await ports.clock.advance(309_999);
    expect(realtime.state.name).toBe("open");
    await ports.clock.advance(1);
    expect(realtime.state).toMatchObject({ name: "waiting", reason: "no pong" });
    expect(ports.sockets[0]?.closed).toBe(true);
  });

  it("checks at once when the machine wakes", async () => {
    await open();
    realtime.wake();
    expect(ports.socket.sent).toHaveLength(1);
    await ports.clock.advance(10_000);
    expect(realtime.state.name).toBe("waiting");
    realtime.wake();
    await settle();
    expect(ports.sockets).toHaveLength(2);
  });

  it("hears nothing more of a connection it has left", async () => {
    await open();
    const frames: unknown[] = [];
    realtime.on("pong", (frame) => frames.push(frame));
    const old = ports.socket;
    const late = old.onmessage;
    realtime.stop();
    late?.({ data: '{"type":"pong"}' });
    expect(frames).toEqual([]);
    expect(old.onmessage).toBeNull();
    expect(ports.clock.pending).toBe(0);
  });

  it("does not open a socket for a ticket that comes after stop", async () => {
    realtime.start();
    realtime.stop();
    await settle();
    expect(ports.sockets).toHaveLength(0);
    expect(realtime.state.name).toBe("stopped");
  });
});
