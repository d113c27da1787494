package dev.darkroom.queue.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Size;
import dev.darkroom.queue.JobJson;
import java.util.Collection;

/**
 * The {@code usage} of an answer. Nobody pays for tokens here, but clients want numbers: a picture counts as one token for each 16 × 16
 * pixels, as the transformers of most models see it; what was sent is not counted.
 */
final class Usage {
    private static final int SIDE = 16;

    private Usage() {}

    /** Counts the pictures of an answer. */
    static ObjectNode of(Collection<Size> pictures) {
        long drawn = pictures.stream().mapToLong(Usage::tokens).sum();
        ObjectNode usage = JobJson.object()
                .put("input_tokens", 0)
                .put("output_tokens", drawn)
                .put("total_tokens", drawn);
        usage.putObject("input_tokens_details").put("text_tokens", 0).put("image_tokens", 0);
        usage.putObject("output_tokens_details").put("text_tokens", 0).put("image_tokens", drawn);
        return usage;
    }

    private static long tokens(Size picture) {
        return (long) Math.ceilDiv(picture.width(), SIDE) * Math.ceilDiv(picture.height(), SIDE);
    }
}
