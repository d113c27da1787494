package dev.darkroom.queue.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.JobException;
import org.junit.jupiter.api.Test;

/** A failure that comes back with every try is not kept to be tried again, whatever its kind usually allows. */
class LastingFailureTest {
    @Test
    void onlyAPassingFailureKeepsItsRequest() {
        String message = "the autoencoder (vae), decoding the picture, gave numbers that are not finite";
        var lasting = JobException.lasting(JobException.Code.INTERNAL, message, null);
        var passing = new JobException(JobException.Code.INTERNAL, message, null);

        assertThat(Conclusion.failed("a", lasting).keepsRequest()).isFalse();
        assertThat(Conclusion.failed("a", passing).keepsRequest()).isTrue();
    }
}
