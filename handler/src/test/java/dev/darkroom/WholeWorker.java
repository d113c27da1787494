package dev.darkroom;

import jakarta.inject.Inject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** A test of the running worker, which all such tests of one Quarkus share; it takes jobs before the first of them begins. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class WholeWorker {
    @Inject
    RunningWorker worker;

    @BeforeAll
    void start() throws InterruptedException {
        worker.start();
    }
}
