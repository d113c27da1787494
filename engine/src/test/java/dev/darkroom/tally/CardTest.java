package dev.darkroom.tally;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.tensor.DType;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rates by which steps are forecast give the times that single kernels were measured at. */
class CardTest {
    private static final double TOLERANCE = 0.1;

    static Stream<JsonNode> products() {
        return measured("products");
    }

    static Stream<JsonNode> attention() {
        return measured("attention");
    }

    private static Stream<JsonNode> measured(String kind) {
        return StreamSupport.stream(Measured.all(kind).spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("products")
    void aProductTakesWhatWasMeasured(JsonNode measured) {
        assertMeets(
                measured.path("ms"),
                cost -> cost.product(
                        measured.path("rows").asLong(),
                        measured.path("out").asLong(),
                        measured.path("in").asLong(),
                        DType.BFLOAT16));
    }

    @ParameterizedTest
    @MethodSource("attention")
    void attentionTakesWhatWasMeasured(JsonNode measured) {
        long tokens = measured.path("tokens").asLong();
        assertMeets(
                measured.path("cudnn_ms"),
                cost -> cost.attention(
                        1,
                        measured.path("heads").asLong(),
                        tokens,
                        tokens,
                        measured.path("head_width").asLong(),
                        false));
    }

    private static void assertMeets(JsonNode measured, Consumer<Cost> work) {
        var cost = new Cost();
        work.accept(cost);
        Card card = Card.all().stream()
                .filter(each -> each.id().equals(Measured.CARD))
                .findFirst()
                .orElseThrow();

        assertThat(card.seconds(cost) * 1000)
                .isBetween(
                        measured.path(0).asDouble() * (1 - TOLERANCE),
                        measured.path(1).asDouble() * (1 + TOLERANCE));
    }
}
