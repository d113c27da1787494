package dev.darkroom.fuzz;

import dev.darkroom.credentials.CredentialsFuzz;
import dev.darkroom.net.AddressFuzz;
import dev.darkroom.queue.BodyFuzz;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What fuzzing found in the handler stays mended. */
class HandlerReplayTest {
    @TestFactory
    Stream<DynamicTest> corpus() {
        return FuzzTarget.replay(List.of(
                new FuzzTarget(AddressFuzz.class, AddressFuzz::fuzzerTestOneInput),
                new FuzzTarget(BodyFuzz.class, BodyFuzz::fuzzerTestOneInput),
                new FuzzTarget(CredentialsFuzz.class, CredentialsFuzz::fuzzerTestOneInput)));
    }
}
