package dev.kawarau.testkit.cassandra;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.apache.cassandra.auth.AuthenticatedUser;
import org.apache.cassandra.auth.IAuthenticator;
import org.apache.cassandra.auth.IResource;
import org.apache.cassandra.exceptions.AuthenticationException;
import org.jspecify.annotations.Nullable;

/**
 * Runs in the node's own JVM: an authenticator that asks something back, as those of companies do and none of Cassandra's.
 * Whoever answers with the question itself may come in. It is its own negotiator, so that the node needs one class only.
 */
public final class AskingAuthenticator implements IAuthenticator, IAuthenticator.SaslNegotiator {
    private static final byte[] QUESTION = {'w', 'h', 'y', '?'};

    private boolean asked;
    private boolean complete;

    /** For the node. */
    public AskingAuthenticator() {}

    @Override
    public boolean requireAuthentication() {
        return true;
    }

    @Override
    public Set<? extends IResource> protectedResources() {
        return Set.of();
    }

    @Override
    public void validateConfiguration() {}

    @Override
    public void setup() {}

    @Override
    public SaslNegotiator newSaslNegotiator(InetAddress client) {
        return new AskingAuthenticator();
    }

    @Override
    public AuthenticatedUser legacyAuthenticate(Map<String, String> credentials) {
        throw new AuthenticationException("only SASL");
    }

    @Override
    public byte @Nullable [] evaluateResponse(byte[] response) {
        if (!asked) {
            asked = true;
            return QUESTION.clone();
        }
        if (!Arrays.equals(response, QUESTION)) {
            throw new AuthenticationException("that is no answer");
        }
        complete = true;
        return null;
    }

    @Override
    public boolean isComplete() {
        return complete;
    }

    @Override
    public AuthenticatedUser getAuthenticatedUser() {
        return AuthenticatedUser.ANONYMOUS_USER;
    }
}
