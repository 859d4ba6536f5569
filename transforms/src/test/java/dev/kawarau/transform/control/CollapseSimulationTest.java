package dev.kawarau.transform.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.Query;
import dev.kawarau.Transform;
import dev.kawarau.resp.RespListener;
import dev.kawarau.testkit.history.RegisterHistory;
import dev.kawarau.testkit.simulation.Seeds;
import dev.kawarau.testkit.simulation.World;
import dev.kawarau.transform.simulation.ModelClient;
import dev.kawarau.transform.simulation.ModelLink;
import dev.kawarau.transform.simulation.ModelLink.Weather;
import dev.kawarau.transform.simulation.ModelRun;
import dev.kawarau.transform.simulation.ModelServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every key stays linearizable although reads share answers, whatever server and links do: a write that timed out may be
 * carried out later. {@code -Dsimulation.seed=N} replays a failure, {@code -Dsimulation.seeds=100000} runs as many seeds.
 */
class CollapseSimulationTest {
    private static final Seeds SEEDS = Seeds.ofProperties(500);
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Test
    @Timeout(value = 2, unit = TimeUnit.HOURS) // for as many seeds as anybody likes
    void everyKeyIsLinearizableUnderEverySeed() throws InterruptedException {
        DoubleAdder shared = new DoubleAdder();
        List<String> failures = SEEDS.failures(seed -> {
            Run run = new Run(seed, SEEDS.talks());
            List<String> problems = run.run(UnaryOperator.identity());
            shared.add(run.shared());
            return problems;
        });
        assertThat(failures).as("failures, each with the seed that replays it").isEmpty();
        if (!SEEDS.talks()) {
            assertThat(shared.sum()).as("reads that shared an answer").isGreaterThan(SEEDS.count() / 4.0);
        }
    }

    @Test
    void aCollapseThatDoesNotSeeWritesIsFound() {
        assertIsFound(collapse -> (request, next) ->
                request.query().kind() == Query.Kind.READ ? collapse.handle(request, next) : next.send(request));
    }

    private static void assertIsFound(UnaryOperator<Transform> mutant) {
        for (long seed = 1; seed <= SEEDS.count(); seed++) {
            if (new Run(seed, false).run(mutant).stream().anyMatch(problem -> problem.contains("no order explains"))) {
                return;
            }
        }
        throw new AssertionError("no key was found that is not linearizable, under " + SEEDS.count() + " seeds");
    }

    private static final class Run implements ModelRun {
        private final long seed;
        private final World world;
        private final SplittableRandom random;
        private final RegisterHistory history = new RegisterHistory();
        private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
        private final int keys;
        private final long thinks;

        Run(long seed, boolean talks) {
            this.seed = seed;
            this.world = new World(seed, talks);
            this.random = world.newRandom();
            this.keys = 1 + random.nextInt(2);
            this.thinks = World.GRAIN * (1 + random.nextInt(60));
        }

        /** What is wrong; in the end the world is no more. */
        List<String> run(UnaryOperator<Transform> change) {
            ModelServer server = new ModelServer(world, "server");
            Transform collapse = change.apply(Collapse.create());
            List<ModelLink> links = new ArrayList<>();
            List<Listener> listeners = new ArrayList<>();
            int proxies = 1 + random.nextInt(2);
            Map<String, Chain> chains = new LinkedHashMap<>();
            for (int i = 0; i < proxies; i++) {
                ModelLink link = ModelLink.ordered(world, server);
                links.add(link);
                String name = "collapse-" + seed + "-" + i;
                chains.put(
                        name,
                        Chain.named(name)
                                .metrics(meters)
                                .then(collapse)
                                .then(limit(Duration.ofMillis(1 + random.nextInt(300))))
                                .to(link));
            }
            world.whileTurning(() -> {
                chains.forEach((name, chain) -> listeners.add(RespListener.on("local:" + name)
                        .eventLoops(EventLoops.using(world.loop()))
                        .metrics(meters)
                        .serve(chain)));
                return true;
            });
            List<String> names = List.copyOf(chains.keySet());
            List<ModelClient> clients = new ArrayList<>();
            for (int i = 0; i < 3 + random.nextInt(3); i++) {
                String proxy = names.get(random.nextInt(proxies));
                clients.add(new ModelClient(this, "c" + i, proxy, 6 + random.nextInt(10)));
            }
            scheduleFaults(server, links);
            world.runUntil(world.now() + 600 * SECOND, () -> clients.stream().allMatch(ModelClient::isFinished));
            if (!clients.stream().allMatch(ModelClient::isFinished)) {
                world.problem("a client hangs");
            }
            clients.forEach(ModelClient::leave);
            world.runFor(60 * SECOND);
            world.whileTurning(() -> {
                listeners.forEach(Listener::close);
                return true;
            });
            List<String> problems = new ArrayList<>(world.problems());
            problems.addAll(history.violations());
            world.close();
            return problems;
        }

        private static Transform limit(Duration time) {
            return dev.kawarau.transform.control.Timeout.after(time);
        }

        private void scheduleFaults(ModelServer server, List<ModelLink> links) {
            long time = world.now();
            for (int i = random.nextInt(6); i > 0; i--) {
                time += random.nextInt(40) * MILLI;
                long end = time + random.nextInt(400) * MILLI;
                ModelLink link = links.get(random.nextInt(links.size()));
                switch (random.nextInt(4)) {
                    case 0 -> {
                        world.at(time, server::pause);
                        world.at(end, server::resume);
                    }
                    case 1 -> {
                        world.at(time, server::crash);
                        world.at(end, server::restart);
                    }
                    default -> {
                        Weather weather = Weather.values()[1 + random.nextInt(3)];
                        world.at(time, () -> link.weather(weather));
                        world.at(end, () -> link.weather(Weather.FAIR));
                    }
                }
            }
        }

        double shared() {
            return meters.find("kawarau.collapse.joined").functionCounters().stream()
                    .mapToDouble(counter -> counter.count())
                    .max()
                    .orElse(0);
        }

        @Override
        public World world() {
            return world;
        }

        @Override
        public RegisterHistory history() {
            return history;
        }

        @Override
        public String sharedKey(SplittableRandom from) {
            return "k" + from.nextInt(keys);
        }

        @Override
        public boolean failed(String error) {
            return false;
        }

        @Override
        public long thinks() {
            return thinks;
        }
    }
}
