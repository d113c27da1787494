package dev.darkroom.client;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What listeners of a job have heard: each event once and in order, also where the stream began anew, or a listener came late. */
final class Told {
    private static final System.Logger LOG = System.getLogger(Told.class.getName());

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Consumer<Event>> listeners = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();
    private final Set<Integer> pictures = new HashSet<>();
    private final Set<List<Integer>> previews = new HashSet<>();

    /** Calls a listener with what has happened so far, and from now on. */
    void listen(Consumer<Event> listener) {
        lock.lock();
        try {
            List.copyOf(events).forEach(event -> call(listener, event));
            listeners.add(listener);
        } finally {
            lock.unlock();
        }
    }

    /** Tells an event, unless it was told before. */
    void tell(Event event) {
        lock.lock();
        try {
            if (isNews(event)) {
                if (event instanceof Event.Progress) {
                    events.removeIf(Event.Progress.class::isInstance);
                }
                events.add(event);
                List.copyOf(listeners).forEach(listener -> call(listener, event));
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isNews(Event event) {
        return switch (event) {
            case Event.Queued queued -> events.isEmpty();
            case Event.Started started -> !events.contains(started);
            case Event.Progress progress ->
                events.stream()
                        .noneMatch(known -> known instanceof Event.Progress earlier
                                && earlier.steps() == progress.steps()
                                && earlier.step() >= progress.step());
            case Event.Preview preview -> previews.add(List.of(preview.index(), preview.step()));
            case Event.PictureReady picture -> pictures.add(picture.index());
        };
    }

    /** Tells the pictures of a result of which no event has come. */
    void tell(Result result) {
        record Output(int promptIndex, long seed) {}
        List<Output> outputs = Stream.concat(
                        result.pictures().stream().map(picture -> new Output(picture.promptIndex(), picture.seed())),
                        result.failures().stream().map(failure -> new Output(failure.promptIndex(), failure.seed())))
                .sorted(Comparator.comparing(Output::promptIndex).thenComparing(Output::seed))
                .toList();
        result.pictures()
                .forEach(picture -> tell(new Event.PictureReady(
                        outputs.indexOf(new Output(picture.promptIndex(), picture.seed())), picture)));
    }

    /** A listener that throws is the fault of whoever gave it: the job, and the other listeners, go on. */
    private static void call(Consumer<Event> listener, Event event) {
        try {
            listener.accept(event);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "a listener of a job has failed", e);
        }
    }
}
