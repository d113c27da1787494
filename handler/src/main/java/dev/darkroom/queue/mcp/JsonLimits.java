package dev.darkroom.queue.mcp;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.darkroom.queue.JobJson;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;

/** Has messages read as strictly as jobs, and with as much room for pictures. */
@Singleton
final class JsonLimits implements ObjectMapperCustomizer {
    @Override
    public void customize(ObjectMapper mapper) {
        mapper.getFactory()
                .setStreamReadConstraints(JobJson.MAPPER.getFactory().streamReadConstraints())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature());
    }
}
