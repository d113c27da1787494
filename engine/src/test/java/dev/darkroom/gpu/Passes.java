package dev.darkroom.gpu;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.diffusion.StepCache;
import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.flux.FluxConfig;
import dev.darkroom.flux.FluxTransformer;
import dev.darkroom.mmdit.Positions;
import dev.darkroom.nn.Conditioning;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.OperatorTimes;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;

/**
 * Single passes of a transformer, with random inputs: the time of a step at several sizes and with several pictures at once. What all steps
 * take from their noise levels is computed before, as for a picture.
 */
final class Passes {
    private final Card card;
    private final Plan plan;
    private final FluxTransformer transformer;
    private final long textTokens;

    Passes(Card card, Plan plan, FluxTransformer transformer) {
        this.card = card;
        this.plan = plan;
        this.transformer = transformer;
        this.textTokens = plan.tiny() ? 48 : 512;
    }

    /** Measures all of the plan, and the first one in plain PyTorch too where that is to be had. */
    void run(ArrayNode results, Peer peer) throws IOException, InterruptedException {
        for (int side : plan.sides()) {
            for (int batch : plan.batches()) {
                if (plan.runs(side, batch)) {
                    ObjectNode line = results.addObject();
                    measure(line, side, batch);
                    if (batch == 1) {
                        peer.compare(line, config(), textTokens, imageTokens(side), batch, plan.repetitions());
                    }
                    System.err.println(line);
                }
            }
        }
    }

    private FluxConfig config() {
        return transformer.config();
    }

    private static long imageTokens(int side) {
        return (side / 16L) * (side / 16L);
    }

    private void measure(ObjectNode line, int side, int batch) {
        try (var scope = Scope.open("passes")) {
            Timed time = Timed.of(2, plan.repetitions(), pass(side, batch));
            StepWork work = StepWork.of(config(), textTokens, imageTokens(side), batch);
            line.put("side", side).put("batch", batch).put("ms", time.least()).put("median_ms", time.median());
            line.put("ms_a_picture", time.least() / batch);
            line.put("tflop", work.tera()).put("tflops", work.tera() / time.least() * 1000);
            card.teraflops().ifPresent(peak -> {
                double floor = 1000 * work.tera() / peak;
                line.put("floor_ms", floor).put("share_of_floor", floor / time.least());
            });
            line.put("card_bytes", card.taken());
        }
    }

    /** One pass, which ends when the device has computed it; its inputs belong to the scope that is open. */
    Runnable pass(int side, int batch) {
        FluxConfig config = config();
        int rows = side / 16;
        Tensor tokens = random(1, batch, imageTokens(side), config.blocks().inChannels());
        Tensor embeds = random(2, batch, textTokens, config.blocks().promptWidth());
        Tensor pooled = random(3, batch, config.pooledWidth());
        Tensor sigma = onCard(Tensor.of(new float[] {0.5f}, 1, 1));
        Tensor guidance = config.guidanceEmbeds() ? onCard(Tensor.of(numbers(batch, 3.5f), batch)) : null;
        Conditioning conditioning = transformer.conditioning(sigma, guidance, pooled);
        Tensor rope = new Positions()
                .image(0, new TokenGrid(Math.toIntExact(textTokens), 1))
                .image(0, new TokenGrid(rows, rows))
                .rope(config.blocks(), card.device());
        return () -> {
            try (var pass = Scope.open("pass")) {
                transformer
                        .blocks()
                        .forward(tokens, embeds, conditioning, rope, StepCache.none())
                        .await();
            }
        };
    }

    private static float[] numbers(int count, float value) {
        float[] numbers = new float[count];
        Arrays.fill(numbers, value);
        return numbers;
    }

    private Tensor random(int seed, long... shape) {
        return onCard(Operators.randn(seed, DType.FLOAT32, shape).getFirst()).to(card.dtype());
    }

    private Tensor onCard(Tensor x) {
        return x.to(card.device());
    }

    /** Operators of one pass, by the shapes that they are called with: those that take most of the device's time. */
    void operators(ArrayNode results) {
        try (var scope = Scope.open("operators")) {
            Runnable pass = pass(plan.sides().get(plan.sides().size() / 2), 1);
            pass.run();
            OperatorTimes.of(card.device(), pass).stream()
                    .limit(30)
                    .forEach(sum -> results.addObject()
                            .put("name", sum.name())
                            .put("calls", sum.calls())
                            .put("ms", sum.millis())
                            .put("longest_ms", sum.longest()));
        }
    }
}
