package dev.darkroom.tally;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What a card is expected to reach, as {@code cards.json} has it: derived from its maker's figures, and from what others measured on an
 * H100, by nobody here.
 *
 * @param id by which results name it
 * @param processors that work at the same time, each on one tile of a product
 * @param products flops a second of large products in bfloat16
 * @param quantised flops a second of large products in float8; that of bfloat16 where the card has no arithmetic for it
 * @param attention flops a second of attention, by the faster of what libtorch can call: cuDNN's on Hopper
 * @param passes bytes a second of kernels that do nothing but read and write
 * @param weights bytes a second at which a layer with one row reads its weight
 */
public record Card(
        String id,
        String name,
        int processors,
        double products,
        double quantised,
        double attention,
        double passes,
        double weights) {
    private static final double TERA = 1e12;

    /** Rows and columns of a product that one processor computes at a time. */
    private static final int TILE_ROWS = 128;

    private static final int TILE_COLUMNS = 256;

    /** What a kernel takes at least, however little it does, in seconds. */
    private static final double KERNEL = 0.8e-6;

    /** How long the card idles when host and card wait for each other. */
    private static final double WAIT = 0.17e-3;

    /** What convolutions reach of the rate of products. */
    private static final double CONVOLUTIONS = 0.5;

    /** Reads all cards. */
    public static List<Card> all() {
        List<Card> cards = new ArrayList<>();
        try (InputStream in = Objects.requireNonNull(Card.class.getResourceAsStream("/cards.json"))) {
            new ObjectMapper().readTree(in).properties().forEach(entry -> {
                JsonNode card = entry.getValue();
                JsonNode derived = card.path("derived");
                cards.add(new Card(
                        entry.getKey(),
                        card.path("name").asText(),
                        card.path("processors").asInt(),
                        derived.path("product_tflops").asDouble() * TERA,
                        derived.path("fp8_product_tflops")
                                        .asDouble(derived.path("product_tflops").asDouble())
                                * TERA,
                        Math.max(
                                        derived.path("flash_tflops").asDouble(),
                                        derived.path("cudnn_tflops").asDouble())
                                * TERA,
                        derived.path("pass_tb_s").asDouble() * TERA,
                        derived.path("weights_tb_s").asDouble() * TERA));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return cards;
    }

    /** How long work is expected to take, in seconds: everything one after another. */
    double seconds(Cost cost) {
        return products(cost)
                + cost.attentionFlops / attention
                + cost.convolutionFlops / (products * CONVOLUTIONS)
                + cost.passedBytes / passes
                + cost.kernels * KERNEL
                + cost.waits * WAIT;
    }

    /** Products in waves of as many tiles as there are processors; those of next to no rows at the speed of their weights. */
    double products(Cost cost) {
        double seconds = 0;
        for (Cost.Product product : cost.products) {
            if (product.isSkinny()) {
                seconds += product.weightBytes() / weights;
                continue;
            }
            long tiles = Math.ceilDiv(product.rows(), TILE_ROWS) * Math.ceilDiv(product.columns(), TILE_COLUMNS);
            double rate = product.type().bytes() == 1 ? quantised : products;
            double tile = 2.0 * TILE_ROWS * TILE_COLUMNS * product.depth() / (rate / processors);
            seconds += Math.ceilDiv(tiles, processors) * tile;
        }
        return seconds;
    }
}
