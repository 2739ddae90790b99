package io.perdure.bus;

import io.perdure.bus.AdminMessages.BackupMade;
import io.perdure.bus.AdminMessages.MakeBackup;
import io.perdure.bus.ClientMessages.ClientAbandonUpload;
import io.perdure.bus.ClientMessages.ClientAddToUpload;
import io.perdure.bus.ClientMessages.ClientAwait;
import io.perdure.bus.ClientMessages.ClientBeginUpload;
import io.perdure.bus.ClientMessages.ClientDeleteFunction;
import io.perdure.bus.ClientMessages.ClientFinishUpload;
import io.perdure.bus.ClientMessages.ClientFunction;
import io.perdure.bus.ClientMessages.ClientGet;
import io.perdure.bus.ClientMessages.ClientGetBody;
import io.perdure.bus.ClientMessages.ClientGetFunction;
import io.perdure.bus.ClientMessages.ClientInvoke;
import io.perdure.bus.ClientMessages.ClientInvoked;
import io.perdure.bus.ClientMessages.ClientList;
import io.perdure.bus.ClientMessages.ClientListFunctions;
import io.perdure.bus.ClientMessages.ClientPublishVersion;
import io.perdure.bus.ClientMessages.ClientPutAlias;
import io.perdure.bus.ClientMessages.ClientPutFunction;
import io.perdure.bus.ClientMessages.ClientStop;
import io.perdure.bus.ClientMessages.ClientSubmit;
import io.perdure.bus.ClientMessages.Listed;
import io.perdure.bus.ClusterMessages.ChangeNode;
import io.perdure.bus.ClusterMessages.ClusterChanged;
import io.perdure.bus.ClusterMessages.ClusterTold;
import io.perdure.bus.ClusterMessages.DropReplica;
import io.perdure.bus.ClusterMessages.GetCluster;
import io.perdure.bus.ClusterMessages.HandLeadership;
import io.perdure.bus.ClusterMessages.JoinCluster;
import io.perdure.bus.ClusterMessages.LookAtNode;
import io.perdure.bus.ClusterMessages.MembersTold;
import io.perdure.bus.ClusterMessages.NodeSeen;
import io.perdure.bus.ClusterMessages.NodeWaits;
import io.perdure.bus.ClusterMessages.OpenReplica;
import io.perdure.bus.ClusterMessages.Rebalance;
import io.perdure.bus.ClusterMessages.SetMembers;
import io.perdure.bus.ClusterMessages.TellMembers;
import io.perdure.bus.CodeMessages.AbandonUpload;
import io.perdure.bus.CodeMessages.AddToUpload;
import io.perdure.bus.CodeMessages.BeginUpload;
import io.perdure.bus.CodeMessages.CodeFound;
import io.perdure.bus.CodeMessages.CodeRead;
import io.perdure.bus.CodeMessages.FileRead;
import io.perdure.bus.CodeMessages.FindCode;
import io.perdure.bus.CodeMessages.FinishUpload;
import io.perdure.bus.CodeMessages.GetUpload;
import io.perdure.bus.CodeMessages.ListUploads;
import io.perdure.bus.CodeMessages.ReadCode;
import io.perdure.bus.CodeMessages.ReadFile;
import io.perdure.bus.CodeMessages.UploadState;
import io.perdure.bus.CodeMessages.UploadsListed;
import io.perdure.bus.DeliveryMessages.Deliver;
import io.perdure.bus.DeliveryMessages.DeliveryTold;
import io.perdure.bus.ExecutorMessages.Drain;
import io.perdure.bus.ExecutorMessages.Gate;
import io.perdure.bus.ExecutorMessages.GetGate;
import io.perdure.bus.ExecutorMessages.Order;
import io.perdure.bus.GuestMessages.CountGuests;
import io.perdure.bus.GuestMessages.GuestCount;
import io.perdure.bus.GuestMessages.GuestNews;
import io.perdure.bus.GuestMessages.GuestOrder;
import io.perdure.bus.GuestMessages.GuestsKept;
import io.perdure.bus.GuestMessages.KeepGuests;
import io.perdure.bus.GuestMessages.TakeIn;
import io.perdure.bus.GuestMessages.TakenIn;
import io.perdure.bus.InstanceMessages.InstancesListed;
import io.perdure.bus.InstanceMessages.ListInstances;
import io.perdure.bus.InstanceMessages.Retire;
import io.perdure.bus.InstanceMessages.Warm;
import io.perdure.bus.InstanceMessages.Warmed;
import io.perdure.bus.LimitMessages.Acquire;
import io.perdure.bus.LimitMessages.LeaseTokens;
import io.perdure.bus.LimitMessages.PlacesMoved;
import io.perdure.bus.LimitMessages.PlacesRenewed;
import io.perdure.bus.LimitMessages.RenewPlaces;
import io.perdure.bus.LimitMessages.TokensLeased;
import io.perdure.bus.RegistryMessages.AliasPut;
import io.perdure.bus.RegistryMessages.AliasesListed;
import io.perdure.bus.RegistryMessages.AsyncListed;
import io.perdure.bus.RegistryMessages.AsyncPut;
import io.perdure.bus.RegistryMessages.DeleteAlias;
import io.perdure.bus.RegistryMessages.DeleteFunction;
import io.perdure.bus.RegistryMessages.DeleteNamespace;
import io.perdure.bus.RegistryMessages.DeleteVersion;
import io.perdure.bus.RegistryMessages.FunctionChanged;
import io.perdure.bus.RegistryMessages.FunctionPut;
import io.perdure.bus.RegistryMessages.FunctionsListed;
import io.perdure.bus.RegistryMessages.GetUsage;
import io.perdure.bus.RegistryMessages.LeaseRenewed;
import io.perdure.bus.RegistryMessages.ListAliases;
import io.perdure.bus.RegistryMessages.ListAsync;
import io.perdure.bus.RegistryMessages.ListFunctions;
import io.perdure.bus.RegistryMessages.ListNamespaces;
import io.perdure.bus.RegistryMessages.ListTracked;
import io.perdure.bus.RegistryMessages.ListVersions;
import io.perdure.bus.RegistryMessages.NamespacePut;
import io.perdure.bus.RegistryMessages.NamespacesListed;
import io.perdure.bus.RegistryMessages.PublishVersion;
import io.perdure.bus.RegistryMessages.PutAlias;
import io.perdure.bus.RegistryMessages.PutAsync;
import io.perdure.bus.RegistryMessages.PutFunction;
import io.perdure.bus.RegistryMessages.PutNamespace;
import io.perdure.bus.RegistryMessages.RenewLease;
import io.perdure.bus.RegistryMessages.SeenThrough;
import io.perdure.bus.RegistryMessages.SetPaused;
import io.perdure.bus.RegistryMessages.TrackedListed;
import io.perdure.bus.RegistryMessages.Usage;
import io.perdure.bus.RegistryMessages.VersionPublished;
import io.perdure.bus.RegistryMessages.VersionsListed;
import io.perdure.bus.ScheduleMessages.DeleteSchedule;
import io.perdure.bus.ScheduleMessages.GetSchedule;
import io.perdure.bus.ScheduleMessages.ListSchedules;
import io.perdure.bus.ScheduleMessages.NoteSchedules;
import io.perdure.bus.ScheduleMessages.PutSchedule;
import io.perdure.bus.ScheduleMessages.ScheduleChanged;
import io.perdure.bus.ScheduleMessages.ScheduleFound;
import io.perdure.bus.ScheduleMessages.SchedulePut;
import io.perdure.bus.ScheduleMessages.SchedulesListed;
import io.perdure.bus.ShardMessages.Await;
import io.perdure.bus.ShardMessages.Body;
import io.perdure.bus.ShardMessages.Checkpoint;
import io.perdure.bus.ShardMessages.Count;
import io.perdure.bus.ShardMessages.Counted;
import io.perdure.bus.ShardMessages.DropBodies;
import io.perdure.bus.ShardMessages.Found;
import io.perdure.bus.ShardMessages.FoundAll;
import io.perdure.bus.ShardMessages.FromExecutor;
import io.perdure.bus.ShardMessages.Get;
import io.perdure.bus.ShardMessages.GetAll;
import io.perdure.bus.ShardMessages.GetBody;
import io.perdure.bus.ShardMessages.GetByKey;
import io.perdure.bus.ShardMessages.GetState;
import io.perdure.bus.ShardMessages.Invalidate;
import io.perdure.bus.ShardMessages.Invalidated;
import io.perdure.bus.ShardMessages.Page;
import io.perdure.bus.ShardMessages.PageFound;
import io.perdure.bus.ShardMessages.Reap;
import io.perdure.bus.ShardMessages.Reaped;
import io.perdure.bus.ShardMessages.Rest;
import io.perdure.bus.ShardMessages.Rested;
import io.perdure.bus.ShardMessages.ResultTaken;
import io.perdure.bus.ShardMessages.Resume;
import io.perdure.bus.ShardMessages.Search;
import io.perdure.bus.ShardMessages.SearchFound;
import io.perdure.bus.ShardMessages.State;
import io.perdure.bus.ShardMessages.Stop;
import io.perdure.bus.ShardMessages.Submit;
import io.perdure.bus.ShardMessages.SubmitAll;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.bus.ShardMessages.SubmittedAll;
import io.perdure.bus.ShardMessages.TakeResult;

/** Every address there is. What may fail, and how, is said in the messages. */
public final class Addresses {
  // Shard owner.
  public static final Address<Submit, Submitted> SUBMIT =
      Address.shard("perdure.shard.submit", Submit.class, Submitted.class).inParcels();
  public static final Address<SubmitAll, SubmittedAll> SUBMIT_ALL =
      Address.shard("perdure.shard.submit-all", SubmitAll.class, SubmittedAll.class);
  public static final Address<Get, Found> GET =
      Address.shard("perdure.shard.get", Get.class, Found.class).inParcels();
  public static final Address<GetAll, FoundAll> GET_ALL =
      Address.shard("perdure.shard.get-all", GetAll.class, FoundAll.class);
  public static final Address<GetByKey, Found> GET_BY_KEY =
      Address.shard("perdure.shard.get-by-key", GetByKey.class, Found.class);
  public static final Address<GetBody, Body> GET_BODY =
      Address.shard("perdure.shard.get-body", GetBody.class, Body.class).inParcels();
  public static final Address<TakeResult, ResultTaken> TAKE_RESULT =
      Address.shard("perdure.shard.take-result", TakeResult.class, ResultTaken.class);
  public static final Address<Await, Found> AWAIT =
      Address.shard("perdure.shard.await", Await.class, Found.class).inParcels();
  public static final Address<Stop, Found> STOP =
      Address.shard("perdure.shard.stop", Stop.class, Found.class);
  public static final Address<Page, PageFound> PAGE =
      Address.shard("perdure.shard.page", Page.class, PageFound.class);
  public static final Address<Count, Counted> COUNT =
      Address.shard("perdure.shard.count", Count.class, Counted.class);
  public static final Address<Search, SearchFound> SEARCH =
      Address.shard("perdure.shard.search", Search.class, SearchFound.class);

  /** One way: what becomes of attempts. */
  public static final Address<FromExecutor, Done> ATTEMPT =
      Address.shard("perdure.shard.attempt", FromExecutor.class, Done.class).inParcels();

  /** Shard owner. What became of an attempt to deliver an outcome; sent, not answered. */
  public static final Address<DeliveryTold, Done> DELIVERY =
      Address.shard("perdure.shard.delivery", DeliveryTold.class, Done.class).inParcels();

  /** Deliveries of this node. Outcomes to be delivered; sent, not answered. */
  public static final Address<Deliver, Done> DELIVER =
      Address.node("perdure.delivery.deliver", Deliver.class, Done.class).inParcels();

  public static final Address<Reap, Reaped> REAP =
      Address.shard("perdure.shard.reap", Reap.class, Reaped.class);
  public static final Address<DropBodies, Done> DROP_BODIES =
      Address.shard("perdure.shard.drop-bodies", DropBodies.class, Done.class);
  public static final Address<Invalidate, Invalidated> INVALIDATE =
      Address.shard("perdure.shard.invalidate", Invalidate.class, Invalidated.class);
  public static final Address<Checkpoint, Done> CHECKPOINT =
      Address.shard("perdure.shard.checkpoint", Checkpoint.class, Done.class);
  public static final Address<Rest, Rested> REST =
      Address.shard("perdure.shard.rest", Rest.class, Rested.class);
  public static final Address<Resume, Done> RESUME =
      Address.shard("perdure.shard.resume", Resume.class, Done.class);
  public static final Address<GetState, State> SHARD_STATE =
      Address.shard("perdure.shard.state", GetState.class, State.class);

  /** How busy a function is where the shard's attempts are started. */
  public static final Address<GetGate, Gate> SHARD_GATE =
      Address.shard("perdure.shard.gate", GetGate.class, Gate.class);

  // Executor of this node.
  /** One way, in the order in which a shard has sent it. */
  public static final Address<Order, Done> ORDER =
      Address.node("perdure.executor.order", Order.class, Done.class).inParcels();

  public static final Address<Drain, Done> DRAIN =
      Address.node("perdure.executor.drain", Drain.class, Done.class);

  /** Asked by shards alone, which know the node that has run it. */
  public static final Address<TakeResult, ResultTaken> HAND_OVER =
      Address.node("perdure.executor.hand-over", TakeResult.class, ResultTaken.class);

  public static final Address<GetGate, Gate> GATE =
      Address.node("perdure.executor.gate", GetGate.class, Gate.class);

  // Executor of a node of a cluster, about attempts that it runs for another one.
  public static final Address<TakeIn, TakenIn> TAKE_IN =
      Address.peer("perdure.executor.take-in", TakeIn.class, TakenIn.class);
  public static final Address<KeepGuests, GuestsKept> KEEP_GUESTS =
      Address.peer("perdure.executor.keep-guests", KeepGuests.class, GuestsKept.class);
  public static final Address<CountGuests, GuestCount> COUNT_GUESTS =
      Address.peer("perdure.executor.count-guests", CountGuests.class, GuestCount.class);
  public static final Address<GuestOrder, Done> GUEST_ORDER =
      Address.peer("perdure.executor.guest-order", GuestOrder.class, Done.class).inParcels();
  public static final Address<GuestNews, Done> GUEST_NEWS =
      Address.peer("perdure.executor.guest-news", GuestNews.class, Done.class).inParcels();

  // Registry. Changes are for its owner, and lists are answered by each node.
  public static final Address<PutNamespace, NamespacePut> PUT_NAMESPACE =
      Address.registry("perdure.registry.put-namespace", PutNamespace.class, NamespacePut.class);
  public static final Address<DeleteNamespace, Done> DELETE_NAMESPACE =
      Address.registry("perdure.registry.delete-namespace", DeleteNamespace.class, Done.class);
  public static final Address<ListNamespaces, NamespacesListed> LIST_NAMESPACES =
      Address.node(
          "perdure.registry.list-namespaces", ListNamespaces.class, NamespacesListed.class);
  public static final Address<PutFunction, FunctionPut> PUT_FUNCTION =
      Address.registry("perdure.registry.put-function", PutFunction.class, FunctionPut.class);
  public static final Address<SetPaused, FunctionPut> SET_PAUSED =
      Address.registry("perdure.registry.set-paused", SetPaused.class, FunctionPut.class);
  public static final Address<DeleteFunction, Done> DELETE_FUNCTION =
      Address.registry("perdure.registry.delete-function", DeleteFunction.class, Done.class);
  public static final Address<ListFunctions, FunctionsListed> LIST_FUNCTIONS =
      Address.node("perdure.registry.list-functions", ListFunctions.class, FunctionsListed.class);

  public static final Address<PublishVersion, VersionPublished> PUBLISH_VERSION =
      Address.registry(
          "perdure.registry.publish-version", PublishVersion.class, VersionPublished.class);
  public static final Address<DeleteVersion, Done> DELETE_VERSION =
      Address.registry("perdure.registry.delete-version", DeleteVersion.class, Done.class);
  public static final Address<ListVersions, VersionsListed> LIST_VERSIONS =
      Address.node("perdure.registry.list-versions", ListVersions.class, VersionsListed.class);
  public static final Address<PutAlias, AliasPut> PUT_ALIAS =
      Address.registry("perdure.registry.put-alias", PutAlias.class, AliasPut.class);
  public static final Address<DeleteAlias, Done> DELETE_ALIAS =
      Address.registry("perdure.registry.delete-alias", DeleteAlias.class, Done.class);
  public static final Address<ListAliases, AliasesListed> LIST_ALIASES =
      Address.node("perdure.registry.list-aliases", ListAliases.class, AliasesListed.class);
  public static final Address<PutAsync, AsyncPut> PUT_ASYNC =
      Address.registry("perdure.registry.put-async", PutAsync.class, AsyncPut.class);
  public static final Address<ListAsync, AsyncListed> LIST_ASYNC =
      Address.node("perdure.registry.list-async", ListAsync.class, AsyncListed.class);
  public static final Address<ListTracked, TrackedListed> LIST_TRACKED =
      Address.node("perdure.registry.list-tracked", ListTracked.class, TrackedListed.class);
  public static final Address<GetUsage, Usage> GET_USAGE =
      Address.node("perdure.registry.get-usage", GetUsage.class, Usage.class);

  public static final Address<PutSchedule, SchedulePut> PUT_SCHEDULE =
      Address.registry("perdure.registry.put-schedule", PutSchedule.class, SchedulePut.class);
  public static final Address<DeleteSchedule, Done> DELETE_SCHEDULE =
      Address.registry("perdure.registry.delete-schedule", DeleteSchedule.class, Done.class);
  public static final Address<GetSchedule, ScheduleFound> GET_SCHEDULE =
      Address.node("perdure.registry.get-schedule", GetSchedule.class, ScheduleFound.class);
  public static final Address<ListSchedules, SchedulesListed> LIST_SCHEDULES =
      Address.node("perdure.registry.list-schedules", ListSchedules.class, SchedulesListed.class);
  public static final Address<NoteSchedules, Done> NOTE_SCHEDULES =
      Address.registry("perdure.registry.note-schedules", NoteSchedules.class, Done.class);

  // Code packages. Uploads are for the owner of the registry, and each node has the packages.
  public static final Address<BeginUpload, UploadState> BEGIN_UPLOAD =
      Address.registry("perdure.code.begin-upload", BeginUpload.class, UploadState.class);
  public static final Address<AddToUpload, UploadState> ADD_TO_UPLOAD =
      Address.registry("perdure.code.add-to-upload", AddToUpload.class, UploadState.class);
  public static final Address<FinishUpload, UploadState> FINISH_UPLOAD =
      Address.registry("perdure.code.finish-upload", FinishUpload.class, UploadState.class);
  public static final Address<AbandonUpload, Done> ABANDON_UPLOAD =
      Address.registry("perdure.code.abandon-upload", AbandonUpload.class, Done.class);
  public static final Address<GetUpload, UploadState> GET_UPLOAD =
      Address.registry("perdure.code.get-upload", GetUpload.class, UploadState.class);
  public static final Address<ListUploads, UploadsListed> LIST_UPLOADS =
      Address.registry("perdure.code.list-uploads", ListUploads.class, UploadsListed.class);
  public static final Address<FindCode, CodeFound> FIND_CODE =
      Address.node("perdure.code.find", FindCode.class, CodeFound.class);
  public static final Address<ReadCode, CodeRead> READ_CODE =
      Address.node("perdure.code.read", ReadCode.class, CodeRead.class);
  public static final Address<ReadFile, FileRead> READ_FILE =
      Address.node("perdure.code.read-file", ReadFile.class, FileRead.class);

  // Instances of managed functions, on all nodes that can be reached, and on one.
  public static final Address<ListInstances, InstancesListed> LIST_INSTANCES =
      Address.node("perdure.instances.list", ListInstances.class, InstancesListed.class);
  public static final Address<ListInstances, InstancesListed> LIST_INSTANCES_OF =
      Address.peer("perdure.instances.list-own", ListInstances.class, InstancesListed.class);
  public static final Address<Warm, Warmed> WARM =
      Address.node("perdure.instances.warm", Warm.class, Warmed.class);
  public static final Address<Retire, Done> RETIRE =
      Address.node("perdure.instances.retire", Retire.class, Done.class);
  public static final Address<Retire, Done> RETIRE_OF =
      Address.peer("perdure.instances.retire-own", Retire.class, Done.class);

  /** The right to tell of functions, from the owner of the registry; for nodes of a cluster. */
  public static final Address<RenewLease, LeaseRenewed> RENEW_LEASE =
      Address.registry("perdure.registry.renew-lease", RenewLease.class, LeaseRenewed.class);

  /** For the owner of the registry: not answered. */
  public static final Address<SeenThrough, Done> SEEN_THROUGH =
      Address.registry("perdure.registry.seen-through", SeenThrough.class, Done.class);

  /** A consistent copy of the registry's store; answered when it is on disk. */
  public static final Address<Checkpoint, Done> REGISTRY_CHECKPOINT =
      Address.node("perdure.registry.checkpoint", Checkpoint.class, Done.class);

  /** Topic: published to every concern of this node. */
  public static final Address<FunctionChanged, Done> FUNCTION_CHANGED =
      Address.node("perdure.registry.function-changed", FunctionChanged.class, Done.class);

  /** Topic: published to every concern of this node. */
  public static final Address<ScheduleChanged, Done> SCHEDULE_CHANGED =
      Address.node("perdure.registry.schedule-changed", ScheduleChanged.class, Done.class);

  // Rate limiter.
  public static final Address<Acquire, Done> ACQUIRE =
      Address.node("perdure.limiter.acquire", Acquire.class, Done.class);

  // Homes of the limits of a cluster.
  public static final Address<Acquire, Done> TAKE_TOKENS =
      Address.shard("perdure.limiter.take-tokens", Acquire.class, Done.class).inParcels();
  public static final Address<LeaseTokens, TokensLeased> LEASE_TOKENS =
      Address.shard("perdure.limiter.lease-tokens", LeaseTokens.class, TokensLeased.class)
          .inParcels();
  public static final Address<RenewPlaces, PlacesRenewed> RENEW_PLACES =
      Address.shard("perdure.limiter.renew-places", RenewPlaces.class, PlacesRenewed.class);

  /** Executor of a node; sent, not answered. */
  public static final Address<PlacesMoved, Done> PLACES_MOVED =
      Address.peer("perdure.executor.places-moved", PlacesMoved.class, Done.class);

  // Event-bus clients, from any JVM of the same Vert.x cluster.
  public static final Address<ClientSubmit, Submitted> CLIENT_SUBMIT =
      Address.cluster("perdure.client.submit", ClientSubmit.class, Submitted.class);
  public static final Address<ClientGet, Found> CLIENT_GET =
      Address.cluster("perdure.client.get", ClientGet.class, Found.class);
  public static final Address<ClientAwait, Found> CLIENT_AWAIT =
      Address.cluster("perdure.client.await", ClientAwait.class, Found.class);
  public static final Address<ClientGetBody, Body> CLIENT_GET_BODY =
      Address.cluster("perdure.client.get-body", ClientGetBody.class, Body.class);
  public static final Address<ClientStop, Found> CLIENT_STOP =
      Address.cluster("perdure.client.stop", ClientStop.class, Found.class);
  public static final Address<ClientList, Listed> CLIENT_LIST =
      Address.cluster("perdure.client.list", ClientList.class, Listed.class);
  public static final Address<ClientInvoke, ClientInvoked> CLIENT_INVOKE =
      Address.cluster("perdure.client.invoke", ClientInvoke.class, ClientInvoked.class);
  public static final Address<ClientPutFunction, FunctionPut> CLIENT_PUT_FUNCTION =
      Address.cluster("perdure.client.put-function", ClientPutFunction.class, FunctionPut.class);
  public static final Address<ClientGetFunction, ClientFunction> CLIENT_GET_FUNCTION =
      Address.cluster("perdure.client.get-function", ClientGetFunction.class, ClientFunction.class);
  public static final Address<ClientDeleteFunction, Done> CLIENT_DELETE_FUNCTION =
      Address.cluster("perdure.client.delete-function", ClientDeleteFunction.class, Done.class);
  public static final Address<ClientListFunctions, FunctionsListed> CLIENT_LIST_FUNCTIONS =
      Address.cluster(
          "perdure.client.list-functions", ClientListFunctions.class, FunctionsListed.class);
  public static final Address<ClientPublishVersion, VersionPublished> CLIENT_PUBLISH_VERSION =
      Address.cluster(
          "perdure.client.publish-version", ClientPublishVersion.class, VersionPublished.class);
  public static final Address<ClientPutAlias, AliasPut> CLIENT_PUT_ALIAS =
      Address.cluster("perdure.client.put-alias", ClientPutAlias.class, AliasPut.class);
  public static final Address<ClientBeginUpload, UploadState> CLIENT_BEGIN_UPLOAD =
      Address.cluster("perdure.client.begin-upload", ClientBeginUpload.class, UploadState.class);
  public static final Address<ClientAddToUpload, UploadState> CLIENT_ADD_TO_UPLOAD =
      Address.cluster("perdure.client.add-to-upload", ClientAddToUpload.class, UploadState.class);
  public static final Address<ClientFinishUpload, UploadState> CLIENT_FINISH_UPLOAD =
      Address.cluster("perdure.client.finish-upload", ClientFinishUpload.class, UploadState.class);
  public static final Address<ClientAbandonUpload, Done> CLIENT_ABANDON_UPLOAD =
      Address.cluster("perdure.client.abandon-upload", ClientAbandonUpload.class, Done.class);

  // The node itself.
  public static final Address<MakeBackup, BackupMade> MAKE_BACKUP =
      Address.node("perdure.node.make-backup", MakeBackup.class, BackupMade.class);

  // What keeps the nodes of a cluster together: on one of them.
  public static final Address<LookAtNode, NodeSeen> LOOK_AT_NODE =
      Address.peer("perdure.cluster.look", LookAtNode.class, NodeSeen.class);
  public static final Address<JoinCluster, Done> JOIN_CLUSTER =
      Address.peer("perdure.cluster.join", JoinCluster.class, Done.class);
  public static final Address<OpenReplica, Done> OPEN_REPLICA =
      Address.peer("perdure.cluster.open-replica", OpenReplica.class, Done.class);
  public static final Address<DropReplica, Done> DROP_REPLICA =
      Address.peer("perdure.cluster.drop-replica", DropReplica.class, Done.class);
  public static final Address<SetMembers, Done> SET_MEMBERS =
      Address.peer("perdure.cluster.set-members", SetMembers.class, Done.class);
  public static final Address<HandLeadership, Done> HAND_LEADERSHIP =
      Address.peer("perdure.cluster.hand-leadership", HandLeadership.class, Done.class);
  public static final Address<TellMembers, MembersTold> TELL_MEMBERS =
      Address.peer("perdure.cluster.tell-members", TellMembers.class, MembersTold.class);

  /** Topic: nodes that wait to be added. */
  public static final Address<NodeWaits, Done> NODE_WAITS =
      Address.cluster("perdure.cluster.node-waits", NodeWaits.class, Done.class);

  /** Of this node. A node that stands alone answers that it does, as a conflict. */
  public static final Address<GetCluster, ClusterTold> GET_CLUSTER =
      Address.node("perdure.cluster.get", GetCluster.class, ClusterTold.class);

  public static final Address<ChangeNode, ClusterChanged> CHANGE_NODE =
      Address.registry("perdure.cluster.change-node", ChangeNode.class, ClusterChanged.class);
  public static final Address<Rebalance, ClusterChanged> REBALANCE =
      Address.registry("perdure.cluster.rebalance", Rebalance.class, ClusterChanged.class);

  private Addresses() {}
}
