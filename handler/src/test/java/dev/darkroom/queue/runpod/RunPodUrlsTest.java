package dev.darkroom.queue.runpod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The platform's addresses, to the letter. */
class RunPodUrlsTest {
    private static final String BASE = "https://api.runpod.ai/v2/ep";
    private static final String DONE = BASE + "/job-done/$RUNPOD_POD_ID/$ID?gpu=A+B";

    @ParameterizedTest
    @CsvSource({
        "/job-take/$ID?gpu=A+B, /job-take/w-1?gpu=A+B&job_in_progress=1",
        "/job-take/$ID, /job-take/w-1?job_in_progress=1",
        "/job-take/$ID?, /job-take/w-1?job_in_progress=1",
        "/job-take/$ID?gpu=A&, /job-take/w-1?gpu=A&job_in_progress=1",
        "/job-take/$RUNPOD_POD_ID, /job-take/w-1?job_in_progress=1",
        "/job-take/$RUNPOD_POD_ID?x=$ID, /job-take/w-1?x=w-1&job_in_progress=1",
        "/job-take/$ID?gpu=$RUNPOD_GPU_TYPE_ID, /job-take/w-1?gpu=NVIDIA+L4&job_in_progress=1",
        "/job-take/$ID?gpu=a%2Fb, /job-take/w-1?gpu=a%2Fb&job_in_progress=1"
    })
    void jobsAreAskedForWithTheWorkersId(String template, String url) {
        assertThat(urls(BASE + template, "NVIDIA L4").take(true)).isEqualTo(BASE + url);
    }

    @Test
    void anIdleWorkerSaysSo() {
        assertThat(urls(BASE + "/job-take/$ID", null).take(false)).isEqualTo(BASE + "/job-take/w-1?job_in_progress=0");
    }

    @Test
    void anUnknownCardIsCalledUnknown() {
        assertThat(urls(BASE + "/job-take/$ID?gpu=$RUNPOD_GPU_TYPE_ID", null).take(false))
                .isEqualTo(BASE + "/job-take/w-1?gpu=unknown&job_in_progress=0");
    }

    @Test
    void theStopChannelIsBesideTheJobs() {
        assertThat(urls(BASE + "/job-take/$ID?gpu=A+B", null).stop()).hasValue(BASE + "/job-stop/w-1?gpu=A+B");
        assertThat(urls(BASE + "/jobs/$ID", null).stop()).isEmpty();
    }

    @Test
    void answersGoToTheJobsOwnAddress() {
        RunPodUrls urls = urls(BASE + "/job-take/$ID", null);

        assertThat(urls.done("sync-5f-e1", false)).isEqualTo(BASE + "/job-done/w-1/sync-5f-e1?gpu=A+B&isStream=false");
        assertThat(urls.done("j", true)).isEqualTo(BASE + "/job-done/w-1/j?gpu=A+B&isStream=true");
        assertThat(urls.stream("j")).hasValue(BASE + "/job-stream/w-1/j?isStream=false");
        assertThat(urls.ping("runpod_version=1")).hasValue(BASE + "/ping/w-1?runpod_version=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a?b", "a#b", "a b", "a\nb", "a%2Fb", "\u00e4"})
    void anIdThatWouldChangeTheAddressIsNone(String id) {
        assertThat(RunPodUrls.isId(id)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"5f2b-1-u1", "sync-5f2b-e1", "local_test", "a.b", "a:b~c"})
    void usualIdsAreFine(String id) {
        assertThat(RunPodUrls.isId(id)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"THE-SECRET", "ftp://THE-SECRET/$ID", "http:///THE-SECRET", "https://THE SECRET/"})
    void whatIsNoAddressIsRefusedWithoutSayingIt(String template) {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> urls(template, null))
                .withMessageStartingWith("RUNPOD_WEBHOOK_GET_JOB: must be an address")
                .withMessageNotContaining("SECRET");
    }

    private static RunPodUrls urls(String take, @Nullable String gpuType) {
        return RunPodUrls.of(
                take, DONE, BASE + "/job-stream/$RUNPOD_POD_ID/$ID", BASE + "/ping/$RUNPOD_POD_ID", "w-1", gpuType);
    }
}
