package dev.darkroom.queue.http;

import dev.darkroom.queue.Ticket;
import dev.darkroom.queue.durable.Counts;
import dev.darkroom.queue.durable.DurableQueue;
import dev.darkroom.queue.durable.disk.JobStore;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;

/** The queue behind the addresses of a test, opened once for all tests of a profile. */
@ApplicationScoped
public class ServedQueue {
    @Inject
    DurableQueue queue;

    private @Nullable JobStore store;

    public synchronized void open() throws IOException {
        if (store == null) {
            store = JobStore.open(Files.createTempDirectory("jobs"));
            queue.open(store, end -> {});
        }
    }

    public Counts.Health health() {
        return queue.health();
    }

    public Ticket take() throws InterruptedException {
        return queue.take().orElseThrow();
    }
}
