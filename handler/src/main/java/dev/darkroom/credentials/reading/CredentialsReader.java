package dev.darkroom.credentials.reading;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.credentials.jumbf.BoxKind;
import dev.darkroom.credentials.jumbf.DamagedBoxException;
import dev.darkroom.credentials.jumbf.SuperBox;
import dev.darkroom.image.manifest.EmbeddedManifest;
import java.util.List;
import java.util.Optional;

/**
 * Reads and checks the content credentials of files from anywhere. Nothing is thrown for those that are damaged or hostile, and what they
 * may cost is bounded: sizes, depths, and numbers of boxes, manifests, ingredients and certificates. Safe for several threads.
 */
public final class CredentialsReader {
    private static final int LARGEST_STORE = 16 << 20;
    private static final int MOST_MANIFESTS = 200;

    private final Anchors anchors;

    public CredentialsReader(Anchors anchors) {
        this.anchors = anchors;
    }

    /** Reads the credentials of a file; empty if it has none. */
    public Optional<Credentials> read(byte[] file) {
        return EmbeddedManifest.find(file).map(embedded -> read(file, embedded));
    }

    private Credentials read(byte[] file, EmbeddedManifest embedded) {
        var findings = new Findings();
        try {
            if (!embedded.sound()) {
                findings.failure(
                        "manifest.multipleManifests",
                        "",
                        "the file has more than one set of credentials, or what holds them is damaged");
            }
            SuperBox store = store(embedded.store());
            List<SuperBox> manifests = manifests(store);
            return checked(file, embedded, store, manifests, findings);
        } catch (DamagedBoxException e) {
            findings.failure("claim.cbor.invalid", "", String.valueOf(e.getMessage()));
            return Credentials.unreadable(findings);
        }
    }

    private static SuperBox store(byte[] bytes) throws DamagedBoxException {
        if (bytes.length > LARGEST_STORE) {
            throw new DamagedBoxException("they are larger than " + (LARGEST_STORE >> 20) + " MB");
        }
        SuperBox store = SuperBox.read(bytes);
        if (!store.is(BoxKind.STORE) || !store.label().equals("c2pa")) {
            throw new DamagedBoxException("they are no manifest store");
        }
        return store;
    }

    private static List<SuperBox> manifests(SuperBox store) throws DamagedBoxException {
        List<SuperBox> manifests = store.boxes();
        if (manifests.isEmpty() || manifests.size() > MOST_MANIFESTS) {
            throw new DamagedBoxException("they have no manifest, or more than " + MOST_MANIFESTS);
        }
        for (SuperBox manifest : manifests) {
            if (!manifest.is(BoxKind.MANIFEST) && !manifest.is(BoxKind.UPDATE_MANIFEST)) {
                throw new DamagedBoxException("they have something else than manifests among those");
            }
        }
        long labels = manifests.stream().map(SuperBox::label).distinct().count();
        if (labels < manifests.size()) {
            throw new DamagedBoxException("two of their manifests have one name");
        }
        return manifests;
    }

    private Credentials checked(
            byte[] file, EmbeddedManifest embedded, SuperBox store, List<SuperBox> manifests, Findings findings)
            throws DamagedBoxException {
        SuperBox active = manifests.getLast();
        Claim claim = Claim.read(store, active);
        SignatureCheck.Signer signer = SignatureCheck.check(claim, anchors, findings);
        List<SuperBox> assertions = claim.assertions(findings);
        BoundManifest bound = BoundManifest.of(claim, assertions, findings);
        FileBinding.check(file, embedded, bound, findings);
        var check = new IngredientCheck(store, anchors);
        List<Credentials.Ingredient> ingredients = check.check(claim, assertions, findings);
        if (active.is(BoxKind.UPDATE_MANIFEST) && !ingredients.stream().allMatch(Credentials.Ingredient::valid)) {
            findings.failure("manifest.update.wrongParents", claim.url(""), "what they add to does not hold");
        }
        Actions actions = Actions.read(bound.assertions()).and(Actions.read(assertions));
        return new Credentials(
                findings,
                signer.trusted(),
                signer.name(),
                signer.issuer(),
                signer.time(),
                claim.generator(),
                actions.agent(),
                actions.sourceType(),
                ingredients,
                findings.concernOnly(FileBinding.CODES) ? check.reached(active) : List.of());
    }

    /** Shortens what a stranger wrote to what people read. */
    static String text(JsonNode node) {
        String text = node.isTextual() ? node.asText() : "";
        String plain = text.replaceAll("\\p{Cntrl}", " ");
        return plain.substring(0, Math.min(plain.length(), 200));
    }
}
