package dev.darkroom.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Size;
import dev.darkroom.job.Stored;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What readers of a job's events get, whenever they come and however slow they are. */
class JobEventsTest {
    private static final JobEvent QUEUED = new JobEvent.Queued();
    private static final JobEvent STARTED = new JobEvent.Started();
    private static final JobEvent COMPLETED = new JobEvent.Completed();

    private static final int ROOM = 100;

    /** Four characters of base64. */
    private static final byte[] FILE = {1, 2, 3};

    private final MemoryBudget room = new MemoryBudget(ROOM);
    private final JobEvents events = new JobEvents(room);

    private static JobEvent.Progress step(int step) {
        return new JobEvent.Progress(step, 4);
    }

    private static JobEvent.PictureStored at(int index) {
        return picture(index, new Stored.At(URI.create("http://localhost/" + index)));
    }

    private static JobEvent.PictureStored inline(int index, int bytes) {
        return picture(index, new Stored.Inline(new byte[bytes]));
    }

    private static JobEvent.PictureStored picture(int index, Stored stored) {
        return new JobEvent.PictureStored(new JobResult.Image(
                new Sample(index, 0, "p", index), stored, ImageFormat.PNG, new Size(64, 64), 10, List.of()));
    }

    private static List<JobEvent> all(JobEvents.Reader reader) {
        List<JobEvent> all = new ArrayList<>();
        for (JobEvent event = reader.next(); event != null; event = reader.next()) {
            all.add(event);
        }
        return all;
    }

    @Test
    void aFollowerThatThrowsKeepsNoOtherFromHearing() {
        List<JobEvent> heard = new ArrayList<>();
        events.follow(event -> {
            throw new IllegalStateException("a broken follower");
        });
        events.follow(heard::add);

        events.publish(STARTED);
        events.publish(COMPLETED);

        assertThat(heard).containsExactly(STARTED, COMPLETED);
    }

    @Test
    void whoReadsAlongGetsEverythingInItsOrder() {
        JobEvents.Reader reader = events.reader();
        List<JobEvent> read = new ArrayList<>();
        for (JobEvent event : List.of(STARTED, step(1), at(0), step(2), at(1), COMPLETED)) {
            read.addAll(all(reader));
            events.publish(event);
        }
        read.addAll(all(reader));

        assertThat(read).containsExactly(QUEUED, STARTED, step(1), at(0), step(2), at(1), COMPLETED);
        assertThat(all(reader)).isEmpty();
    }

    @Test
    void whoComesLateGetsTheLatestStatusAllPicturesAndTheLatestProgress() {
        for (JobEvent event : List.of(STARTED, step(1), at(0), step(2), at(1), step(3))) {
            events.publish(event);
        }

        assertThat(all(events.reader())).containsExactly(STARTED, at(0), at(1), step(3));
    }

    @Test
    void afterTheEndThereIsNoStatusAndNoProgress() {
        for (JobEvent event : List.of(STARTED, step(1), at(0), COMPLETED)) {
            events.publish(event);
        }

        assertThat(all(events.reader())).containsExactly(at(0), COMPLETED);
        assertThat(all(events.taker())).containsExactly(at(0));
    }

    @Test
    void theLatestPreviewOfEachPictureIsKeptUntilThePictureIsThere() {
        JobEvents.Reader along = events.reader();
        for (JobEvent event : List.of(STARTED, preview(0, 2), preview(1, 1))) {
            events.publish(event);
        }
        assertThat(all(along)).containsExactly(STARTED, preview(0, 2), preview(1, 1));
        events.publish(preview(0, 1)); // made on another thread, and late
        events.publish(preview(1, 2));

        assertThat(all(along)).containsExactly(preview(1, 2));
        assertThat(all(events.reader())).containsExactly(STARTED, preview(0, 2), preview(1, 2));
        assertThat(room.left()).isEqualTo(ROOM - 8);
        events.publish(at(0));
        events.publish(preview(0, 3));
        assertThat(events.previews()).containsExactly(preview(1, 2));
        events.publish(COMPLETED);
        assertThat(events.previews()).isEmpty();
        assertThat(room.left()).isEqualTo(ROOM);
    }

    @Test
    void aPreviewForWhichThereIsNoRoomIsNotKept() {
        assertThat(room.reserve(ROOM - 3)).isTrue();
        events.publish(preview(0, 1));

        assertThat(events.taker().hasNext()).isFalse();
        assertThat(room.left()).isEqualTo(3);
    }

    private static JobEvent.Preview preview(int index, int step) {
        return new JobEvent.Preview(index, step, 4, new Size(8, 8), FILE);
    }

    @Test
    void aJobThatTheWorkerStopsBeforeStillWaits() {
        events.publish(new JobEvent.Stopped());

        assertThat(all(events.reader())).containsExactly(QUEUED, new JobEvent.Stopped());
        assertThat(events.isOver()).isTrue();
    }

    @Test
    void filesAreKeptWhileThereIsRoomAndUntilTheyAreTaken() {
        events.publish(inline(0, 30));
        events.publish(inline(1, 60));
        events.publish(inline(2, 30));
        assertThat(room.left()).isEqualTo(20);
        JobEvents.Reader taker = events.taker();

        assertThat(all(events.reader())).extracting(JobEventsTest::fileLength).containsExactly(0L, 40L, 0L, 40L);
        assertThat(all(taker)).extracting(JobEventsTest::fileLength).containsExactly(40L, 0L, 40L);
        assertThat(all(events.reader())).extracting(JobEventsTest::fileLength).containsExactly(0L, 0L, 0L, 0L);
        assertThat(room.left()).isEqualTo(100);
    }

    private static long fileLength(JobEvent event) {
        return event instanceof JobEvent.PictureStored picture ? picture.fileLength() : 0;
    }

    @Test
    void aTakerHasSomethingToReadOnlyWhileThereAreNewPicturesOrSteps() {
        JobEvents.Reader taker = events.taker();
        events.publish(STARTED);
        assertThat(taker.hasNext()).isFalse();
        events.publish(step(1));
        assertThat(taker.hasNext()).isTrue();

        assertThat(all(taker)).containsExactly(step(1));
        assertThat(taker.hasNext()).isFalse();
        events.publish(step(1));
        assertThat(all(taker)).containsExactly(step(1));
    }

    @Test
    void followersHearOfAnEventWhenItCanBeRead() {
        List<JobEvent> heard = new ArrayList<>();
        events.follow(event -> heard.addAll(all(events.taker())));
        var over = events.when(events::isOver);
        events.publish(at(0));
        assertThat(heard).containsExactly(at(0));
        assertThat(over).isNotDone();

        events.publish(COMPLETED);

        assertThat(over).isCompleted();
        assertThat(events.when(events::isOver)).isCompleted();
    }
}
