package dev.darkroom.queue.sdapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.queue.JobEvent;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.http.JobCall;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The jobs of this door that have not ended. Its callers name none: they ask for the progress of the oldest, and interrupt all. */
@Singleton
final class RunningJobs {
    private final List<Running> jobs = new CopyOnWriteArrayList<>();

    /** One job. Safe for several threads. */
    private static final class Running {
        private final JobCall job;
        private volatile long since = System.nanoTime();
        private volatile JobEvent.@Nullable Preview preview;

        Running(JobCall job) {
            this.job = job;
            job.events().follow(event -> {
                switch (event) {
                    case JobEvent.Started started -> since = System.nanoTime();
                    case JobEvent.Preview latest -> preview = latest;
                    default -> {}
                }
            });
        }
    }

    /** Follows a job until it has ended. */
    void add(JobCall job) {
        var running = new Running(job);
        jobs.add(running);
        var unused = job.outcome().whenComplete((outcome, failure) -> jobs.remove(running));
    }

    /** Stops following a job, however it goes on. */
    void remove(JobCall job) {
        jobs.removeIf(running -> running.job.equals(job));
    }

    /** Cancels all jobs. */
    void interrupt() {
        jobs.forEach(running -> running.job.cancel());
    }

    /** Returns the progress of the oldest job, in this API's form. */
    ObjectNode progress(boolean withPicture) {
        Optional<Running> first = jobs.stream().findFirst();
        var steps = first.map(running -> running.job.events().progress())
                .orElseGet(() -> new JobEvent.Progress(0, first.isPresent() ? 1 : 0));
        double part = steps.steps() == 0 ? 0 : (double) steps.step() / steps.steps();
        double seconds = first.map(running ->
                        Duration.ofNanos(System.nanoTime() - running.since).toMillis() / 1000.0)
                .orElse(0.0);
        ObjectNode answer =
                JobJson.object().put("progress", part).put("eta_relative", part == 0 ? 0 : seconds / part * (1 - part));
        answer.putObject("state")
                .put("skipped", false)
                .put("interrupted", false)
                .put("stopping_generation", false)
                .put("job", first.map(running -> running.job.id()).orElse(""))
                .put("job_count", jobs.size())
                .put("job_timestamp", "0")
                .put("job_no", 0)
                .put("sampling_step", steps.step())
                .put("sampling_steps", first.isPresent() ? steps.steps() : 0);
        answer.put(
                "current_image", withPicture ? first.map(RunningJobs::picture).orElse(null) : null);
        return answer.putNull("textinfo");
    }

    private static @Nullable String picture(Running running) {
        JobEvent.Preview preview = running.preview;
        return preview == null ? null : Base64.getEncoder().encodeToString(preview.file());
    }
}
