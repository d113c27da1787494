package dev.darkroom.queue.webhook;

import java.util.HashMap;
import java.util.Map;

/** Bounds the calls that go out at once, in all and to each host, so that a host that hangs holds up few. Safe for several threads. */
final class HostSlots {
    private final int most;
    private final int mostPerHost;
    private final Map<String, Integer> busy = new HashMap<>();
    private int all;

    HostSlots(int most, int mostPerHost) {
        this.most = most;
        this.mostPerHost = mostPerHost;
    }

    /** Waits for a slot; {@link #leave} gives it back. */
    synchronized void enter(String host) throws InterruptedException {
        while (all >= most || busy.getOrDefault(host, 0) >= mostPerHost) {
            wait();
        }
        all++;
        busy.merge(host, 1, Integer::sum);
    }

    synchronized void leave(String host) {
        all--;
        busy.compute(host, (name, calls) -> calls == null || calls == 1 ? null : calls - 1);
        notifyAll();
    }
}
