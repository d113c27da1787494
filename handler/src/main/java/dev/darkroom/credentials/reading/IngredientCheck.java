package dev.darkroom.credentials.reading;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.credentials.jumbf.BoxKind;
import dev.darkroom.credentials.jumbf.DamagedBoxException;
import dev.darkroom.credentials.jumbf.HashedReference;
import dev.darkroom.credentials.jumbf.SuperBox;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks the credentials of pictures that others were made from, and of those that they were made from. Each manifest is checked once,
 * however often it is named, so loops end.
 */
final class IngredientCheck {
    private static final int MOST = 200;
    private static final int DEEPEST = 20;

    private final SuperBox store;
    private final Anchors anchors;

    /** Label of a manifest → whether it holds; false too while it is being looked at. */
    private final Map<String, Boolean> known = new HashMap<>();

    /** Place of a manifest and algorithm → its digest: one may be named by many. */
    private final Map<String, byte[]> digests = new HashMap<>();

    private int looked;

    IngredientCheck(SuperBox store, Anchors anchors) {
        this.store = store;
        this.anchors = anchors;
    }

    /** Checks the ingredients of the file's own claim. */
    List<Credentials.Ingredient> check(Claim claim, List<SuperBox> assertions, Findings findings) {
        known.put(claim.manifest().label(), false);
        return check(claim, assertions, findings, 0);
    }

    /**
     * Returns the manifests that the file's own leads to, itself last; none if one of them does not hold. Whatever else is in the store belongs
     * to nothing.
     */
    List<SuperBox> reached(SuperBox active) {
        known.remove(active.label());
        if (known.containsValue(false)) {
            return List.of();
        }
        List<SuperBox> reached = new ArrayList<>(store.boxes());
        reached.removeIf(box -> !known.containsKey(box.label()));
        reached.add(active);
        return reached;
    }

    private List<Credentials.Ingredient> check(
            Claim claim, List<SuperBox> assertions, Findings findings, int depth) {
        List<Credentials.Ingredient> ingredients = new ArrayList<>();
        for (SuperBox box : assertions) {
            if (!box.label().startsWith("c2pa.ingredient")) {
                continue;
            }
            if (++looked > MOST || depth > DEEPEST) {
                findings.failure("ingredient.manifest.missing", claim.url(""), "it has more ingredients than are looked at");
                break;
            }
            try {
                ingredients.add(check(claim, box, findings, depth));
            } catch (DamagedBoxException e) {
                findings.failure("assertion.ingredient.malformed", url(claim, box), String.valueOf(e.getMessage()));
            }
        }
        return ingredients;
    }

    private Credentials.Ingredient check(Claim claim, SuperBox box, Findings findings, int depth)
            throws DamagedBoxException {
        JsonNode content = box.cbor();
        String title = CredentialsReader.text(content.path("dc:title"));
        String relationship = CredentialsReader.text(content.path("relationship"));
        JsonNode own = content.path(content.has("activeManifest") ? "activeManifest" : "c2pa_manifest");
        if (own.isMissingNode() || own.isNull()) {
            return new Credentials.Ingredient(title, relationship, false, false);
        }
        var reference = HashedReference.read(own);
        Optional<SuperBox> manifest = reference.find(store, claim.manifest());
        if (manifest.isEmpty() || !isManifest(manifest.get())) {
            findings.failure("ingredient.manifest.missing", url(claim, box), "an ingredient's credentials are missing");
            return new Credentials.Ingredient(title, relationship, false, false);
        }
        if (!reference.matches(digest(reference, manifest.get(), claim.algorithm()))) {
            findings.failure("ingredient.manifest.mismatch", url(claim, box), "an ingredient's credentials were changed");
            return new Credentials.Ingredient(title, relationship, true, false);
        }
        findings.success("ingredient.manifest.validated", url(claim, box), "an ingredient's credentials are as they were");
        boolean wasValid = content.path("validationResults").path("activeManifest").path("failure").isEmpty();
        return new Credentials.Ingredient(title, relationship, true, wasValid && holds(manifest.get(), depth));
    }

    private byte[] digest(HashedReference reference, SuperBox manifest, String usual) {
        return digests.computeIfAbsent(
                manifest.start() + reference.algorithm(usual), key -> reference.digest(manifest, usual));
    }

    private static boolean isManifest(SuperBox box) {
        return box.is(BoxKind.MANIFEST) || box.is(BoxKind.UPDATE_MANIFEST);
    }

    private static String url(Claim claim, SuperBox box) {
        return claim.url("c2pa.assertions/" + box.label());
    }

    /** Checks a manifest without its file: signature, assertions, and ingredients in their turn. */
    private boolean holds(SuperBox manifest, int depth) {
        Boolean before = known.putIfAbsent(manifest.label(), false);
        if (before != null) {
            return before;
        }
        var findings = new Findings();
        try {
            Claim claim = Claim.read(store, manifest);
            var unused = SignatureCheck.check(claim, anchors, findings);
            var ingredients = check(claim, claim.assertions(findings), findings, depth + 1);
            boolean all = ingredients.stream().allMatch(one -> !one.credentials() || one.valid());
            known.put(manifest.label(), findings.valid() && all);
        } catch (DamagedBoxException e) {
            known.put(manifest.label(), false);
        }
        return known.getOrDefault(manifest.label(), false);
    }
}
