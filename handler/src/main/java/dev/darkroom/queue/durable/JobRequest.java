package dev.darkroom.queue.durable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.net.AddressException;
import dev.darkroom.net.WebAddress;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.Nothing;
import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.RequestEnvelope;
import dev.darkroom.queue.durable.disk.Policy;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request that was read.
 *
 * @param webhook address that is called when the job has ended
 * @param job null if it is faulty, or was read before the models were known and is still to be checked against them
 * @param fault everything that is wrong with the request; null if it can be done
 */
record JobRequest(
        Policy policy,
        @Nullable URI webhook,
        @Nullable Job job,
        @Nullable JobException fault) {
    private static final int LONGEST_ADDRESS = 2048;

    /**
     * Reads a request.
     *
     * @param standard what holds where the request says nothing
     * @throws JobException if the body is no request at all
     */
    static JobRequest read(byte[] body, PayloadReader reader, Policy standard) {
        ObjectNode request = JobJson.request(body);
        var faults = new Faults();
        Policy policy = standard.with(request.get("policy"), faults);
        URI webhook = webhook(request.path("webhook"), faults);
        RequestEnvelope.check(request, faults);
        boolean checked = reader.knowsModels();
        Optional<Job> job = faults.gather(() -> reader.job(request));
        try {
            faults.refuse();
            return new JobRequest(policy, webhook, checked ? job.orElseThrow() : null, null);
        } catch (JobException fault) {
            return new JobRequest(policy, webhook, null, fault);
        }
    }

    private static @Nullable URI webhook(JsonNode value, Faults faults) {
        if (Nothing.is(value)) {
            return null;
        }
        String text = value.asText();
        try {
            WebAddress address = WebAddress.of(text);
            if (value.isTextual() && text.length() <= LONGEST_ADDRESS) {
                return address.uri();
            }
        } catch (AddressException e) {
            // noted below
        }
        faults.add(
                "webhook",
                "must be an address such as https://example.com/hook, without a user name and of at most "
                        + LONGEST_ADDRESS + " characters");
        return null;
    }
}
