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
 * What a card is expected to reach, as {@code cards.json} has it: measured on an H100, and derived from that and the makers' figures for the
 * others.
 *
 * @param id by which results name it
 * @param products flops a second of products in bfloat16
 * @param quantised flops a second of products in float8; that of bfloat16 where the card has no arithmetic for it
 * @param attention flops a second of attention, by the faster of what libtorch can call: cuDNN's on Hopper
 * @param ownPasses bytes a second of kernels of our own, which do nothing but read and write
 * @param libtorchPasses bytes a second of libtorch's kernels that do so, many of them in other types than they are given
 * @param weights bytes a second at which a layer with one row reads its weight
 */
public record Card(
        String id,
        double products,
        double quantised,
        double attention,
        double ownPasses,
        double libtorchPasses,
        double weights) {
    private static final double TERA = 1e12;

    /** What a kernel takes at least, however little it does, in seconds. */
    private static final double KERNEL = 0.8e-6;

    /** What a product takes beside its arithmetic, in seconds: at its beginning and its end a part of the card has nothing to do. */
    private static final double PRODUCT = 17e-6;

    /** How long the card idles when host and card wait for each other. */
    private static final double WAIT = 0.17e-3;

    /** What convolutions reach of the rate of products. */
    private static final double CONVOLUTIONS = 0.5;

    /** Reads all cards. */
    public static List<Card> all() {
        List<Card> cards = new ArrayList<>();
        try (InputStream in = Objects.requireNonNull(Card.class.getResourceAsStream("/cards.json"))) {
            new ObjectMapper()
                    .readTree(in)
                    .properties()
                    .forEach(entry -> cards.add(of(entry.getKey(), entry.getValue())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return cards;
    }

    private static Card of(String id, JsonNode card) {
        double products = rate(card, "product_tflops");
        double quantised = rate(card, "fp8_product_tflops");
        return new Card(
                id,
                products,
                quantised > 0 ? quantised : products,
                rate(card, "attention_tflops"),
                rate(card, "own_pass_tb_s"),
                rate(card, "libtorch_pass_tb_s"),
                rate(card, "weights_tb_s"));
    }

    /** A rate a second: what was measured before what is derived; 0 if there is neither. */
    private static double rate(JsonNode card, String name) {
        JsonNode measured = card.path("measured").path(name);
        return TERA * (measured.isNumber() ? measured : card.path("derived").path(name)).asDouble();
    }

    /** How long work is expected to take, in seconds: everything one after another. */
    double seconds(Cost cost) {
        return products(cost)
                + cost.attentionFlops / attention
                + cost.convolutionFlops / (products * CONVOLUTIONS)
                + cost.ownBytes / ownPasses
                + (cost.passedBytes - cost.ownBytes) / libtorchPasses
                + cost.kernels * KERNEL
                + cost.waits * WAIT;
    }

    /** Products at the card's rate; those of next to no rows at the speed of their weights. */
    double products(Cost cost) {
        double seconds = 0;
        for (Cost.Product product : cost.products) {
            double rate = product.type().bytes() == 1 ? quantised : products;
            seconds += product.isSkinny() ? product.weightBytes() / weights : product.flops() / rate + PRODUCT;
        }
        return seconds;
    }
}
