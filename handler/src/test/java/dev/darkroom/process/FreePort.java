package dev.darkroom.process;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** A port for a process that is yet to start: below those that systems give to connections, one of which could take it meanwhile. */
final class FreePort {
    private static final int FIRST = 15_000;
    private static final int LAST = 32_000;

    private FreePort() {}

    static int find() throws IOException {
        while (true) {
            try (var socket = new ServerSocket(ThreadLocalRandom.current().nextInt(FIRST, LAST))) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                // the next one
            }
        }
    }
}
