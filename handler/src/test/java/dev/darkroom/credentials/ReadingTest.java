package dev.darkroom.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.credentials.HandMade.Manifest;
import dev.darkroom.credentials.TestAuthority.Span;
import dev.darkroom.credentials.jumbf.BoxKind;
import dev.darkroom.credentials.key.SigningKey;
import dev.darkroom.credentials.reading.Anchors;
import dev.darkroom.credentials.reading.Credentials;
import dev.darkroom.credentials.reading.CredentialsReader;
import dev.darkroom.credentials.reading.Findings;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What credentials of other makers say is understood as they mean it. */
class ReadingTest {
    private static final String SOURCES = "http://cv.iptc.org/newscodes/digitalsourcetype/";
    private static final TestAuthority KNOWN = TestAuthority.make("Known");
    private static final SigningKey KEY = KNOWN.signer("Somebody", Span.NOW);
    private static final SigningKey UNKNOWN = TestAuthority.make("Nobody").signer("Somebody else", Span.NOW);
    private static final Manifest PARENT = HandMade.manifest(BoxKind.MANIFEST, "urn:c2pa:parent", KEY, Map.of());

    private static Credentials read(Map<String, Object> assertions, Manifest... others) {
        return read(0, assertions, others);
    }

    private static Credentials read(int unsigned, Map<String, Object> assertions, Manifest... others) {
        byte[] file = HandMade.bound(unsigned, binding -> {
            Map<String, Object> all = new LinkedHashMap<>(assertions);
            all.putIfAbsent("c2pa.hash.data", binding);
            Manifest[] manifests = Arrays.copyOf(others, others.length + 1);
            manifests[others.length] = HandMade.manifest(BoxKind.MANIFEST, "urn:c2pa:own", KEY, all);
            return HandMade.store(manifests);
        });
        return new CredentialsReader(new Anchors(List.of(KNOWN.certificate())))
                .read(file)
                .orElseThrow();
    }

    private static Object status(String code) {
        return code.endsWith("!")
                ? Map.of("code", code.replace("!", ""), "success", true)
                : Map.of("code", code, "url", "somewhere");
    }

    @ParameterizedTest
    @CsvSource({
        "assertion.dataHash.mismatch, false",
        "timeStamp.untrusted, true",
        "signingCredential.untrusted, true",
        "claimSignature.validated, true",
        "assertion.dataHash.match, true",
        "something.new!, true",
        "something.new, false"
    })
    void whatTheMakerFoundWrongIsHeeded(String code, boolean valid) {
        for (String label : List.of("c2pa.ingredient", "c2pa.ingredient.v2")) {
            Map<String, Object> ingredient = Map.of(
                    "dc:title",
                    "p",
                    "relationship",
                    "parentOf",
                    "c2pa_manifest",
                    PARENT.reference(),
                    "validationStatus",
                    List.of(status("claimSignature.validated"), status(code)));
            assertThat(read(Map.of(label, ingredient), PARENT).ingredients())
                    .containsExactly(new Credentials.Ingredient("p", "parentOf", true, valid));
        }
    }

    @Test
    void whatTheMakerFoundWrongBelowIsHeededToo() {
        Map<String, Object> good = Map.of("failure", List.of(status("signingCredential.untrusted")));
        Map<String, Object> bad = Map.of("failure", List.of(status("assertion.hashedURI.mismatch")));

        assertThat(isValid(good, good)).isTrue();
        assertThat(isValid(bad, good)).isFalse();
        assertThat(isValid(good, bad)).isFalse();
    }

    private static boolean isValid(Map<String, Object> own, Map<String, Object> below) {
        Map<String, Object> results = Map.of(
                "activeManifest",
                own,
                "ingredientDeltas",
                List.of(Map.of("ingredientAssertionURI", "x", "validationDeltas", below)));
        Map<String, Object> ingredient = Map.of(
                "dc:title",
                "p",
                "relationship",
                "parentOf",
                "activeManifest",
                PARENT.reference(),
                "validationResults",
                results);
        return read(Map.of("c2pa.ingredient.v3", ingredient), PARENT)
                .ingredients()
                .getFirst()
                .valid();
    }

    @Test
    void bytesThatNobodySignedAreTold() {
        Credentials read = read(16, Map.of());

        assertThat(read.valid()).isTrue();
        assertThat(read.unsignedBytes()).isEqualTo(16);
        assertThat(read.findings().remarks())
                .extracting(Findings.Finding::code)
                .contains("assertion.dataHash.additionalExclusionsPresent");
        assertThat(read(Map.of()).unsignedBytes()).isZero();
    }

    @Test
    void whatIsNotReadIsNotCalledWrong() {
        Credentials ofBoxes = read(Map.of("c2pa.hash.data", Map.of("alg", "sha3-256", "hash", new byte[32])));
        assertThat(ofBoxes.valid()).isFalse();
        assertThat(ofBoxes.undecided()).isTrue();

        Credentials wrong = read(Map.of("c2pa.hash.data", Map.of("alg", "sha256", "hash", new byte[32])));
        assertThat(wrong.undecided()).isFalse();
        assertThat(read(Map.of()).undecided()).isFalse();
        Credentials twice = read(Map.of("c2pa.hash.boxes", Map.of("alg", "sha256")));
        assertThat(twice.valid()).isFalse();
        assertThat(twice.undecided()).isFalse();
    }

    private static Map<String, Object> action(String name, String source, String agent) {
        Map<String, Object> action = new LinkedHashMap<>();
        action.put("action", name);
        action.put("softwareAgent", Map.of("name", agent));
        if (!source.isEmpty()) {
            action.put("digitalSourceType", SOURCES + source);
        }
        return action;
    }

    private static Credentials of(Object... actions) {
        return read(Map.of("c2pa.actions.v2", Map.of("actions", List.of(actions))));
    }

    @Test
    void whatAModelDidIsToldBeforeWhatElseWasDone() {
        Credentials drawn = of(
                action("c2pa.created", "trainedAlgorithmicMedia", "A Model"),
                action("c2pa.resized", "algorithmicallyEnhanced", "A Program"),
                action("c2pa.edited", "", "Another"));
        assertThat(drawn.sourceType()).contains("trainedAlgorithmicMedia");
        assertThat(drawn.model()).contains("A Model");

        Credentials changed = of(
                action("c2pa.created", "digitalCapture", "A Camera"),
                action("c2pa.edited", "compositeWithTrainedAlgorithmicMedia", "A Model"));
        assertThat(changed.sourceType()).contains("compositeWithTrainedAlgorithmicMedia");
        assertThat(changed.model()).contains("A Model");

        Credentials taken = of(
                action("c2pa.created", "digitalCapture", "A Camera"),
                action("c2pa.color_adjustments", "humanEdits", "A Program"));
        assertThat(taken.sourceType()).contains("digitalCapture");
        assertThat(taken.model()).isEmpty();
    }

    @Test
    void agentsMayStandInAListOfTheirOwn() {
        Map<String, Object> created = Map.of(
                "action",
                "c2pa.created",
                "softwareAgentIndex",
                1,
                "digitalSourceType",
                SOURCES + "trainedAlgorithmicMedia");
        Credentials read = read(Map.of(
                "c2pa.actions.v2",
                Map.of(
                        "actions", List.of(created),
                        "softwareAgents", List.of(Map.of("name", "A"), Map.of("name", "B", "version", "2")))));

        assertThat(read.model()).contains("B (2)");
    }

    /** What the parent says counts, unless somebody untrusted says it and the file's signer is trusted. */
    @Test
    void aPictureThatWasEncodedAnewCameAboutAsItDidBefore() {
        for (SigningKey by : List.of(KEY, UNKNOWN)) {
            Manifest parent = HandMade.manifest(
                    BoxKind.MANIFEST,
                    "urn:c2pa:parent",
                    by,
                    Map.of(
                            "c2pa.actions.v2",
                            Map.of("actions", List.of(action("c2pa.created", "trainedAlgorithmicMedia", "A Model")))));
            Credentials read = read(
                    Map.of(
                            "c2pa.ingredient.v3",
                            Map.of("relationship", "parentOf", "activeManifest", parent.reference()),
                            "c2pa.actions.v2",
                            Map.of(
                                    "actions",
                                    List.of(Map.of("action", "c2pa.opened"), Map.of("action", "c2pa.transcoded")))),
                    parent);

            assertThat(read.findings().failures()).isEmpty();
            assertThat(read.sourceType().isPresent()).isEqualTo(by.equals(KEY));
            assertThat(read.model().isPresent()).isEqualTo(by.equals(KEY));
        }
    }
}
